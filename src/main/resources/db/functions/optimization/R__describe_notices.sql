-- Purpose:   writes notification codes the way stored recommendations have them.
-- Arguments: p_codes: codes in any order; a NULL among them is passed over.
-- Returns:   {code: {"type", "message", "code"}}; an empty object for no codes.
-- Rule:      the first digit is the type: 1 info, 2 error, 3 notice, 4 warning, 5 critical.
-- Invariant: depends on its argument alone; a code unknown here is an error.
-- Cost:      a pass over the codes.
create or replace function caravan.describe_notices(p_codes integer[])
returns jsonb
language plpgsql
immutable
parallel safe
as $$
declare
    v_notices jsonb := '{}';
    v_code integer;
    v_message text;
begin
    foreach v_code in array p_codes loop
        continue when v_code is null;
        v_message := case v_code
            when 111101 then 'Short Term Recommendations Available'
            when 111102 then 'Medium Term Recommendations Available'
            when 111103 then 'Long Term Recommendations Available'
            when 112101 then 'Cost Recommendations Available'
            when 112102 then 'Performance Recommendations Available'
            when 120001 then 'There is not enough data available to generate a recommendation.'
            when 221001 then 'Number of pods cannot be zero'
            when 223001 then 'Amount missing in CPU section'
            when 223002 then 'Invalid amount in CPU section'
            when 224001 then 'Amount missing in memory section'
            when 224002 then 'Invalid amount in memory section'
            when 323001 then 'CPU usage is at most a millicore, no CPU recommendation can be made'
            when 323002 then 'CPU usage is zero, no CPU recommendation can be made'
            when 323004 then 'Workload is optimised wrt CPU REQUESTS, no changes needed'
            when 323005 then 'Workload is optimised wrt CPU LIMITS, no changes needed'
            when 324001 then 'Memory usage is zero, no memory recommendation can be made'
            when 324003 then 'Workload is optimised wrt MEMORY REQUESTS, no changes needed'
            when 324004 then 'Workload is optimised wrt MEMORY LIMITS, no changes needed'
            when 423001 then 'CPU limit is not set'
            when 523001 then 'CPU request is not set'
            when 524001 then 'Memory request is not set'
            when 524002 then 'Memory limit is not set'
        end;
        if v_message is null then
            raise exception 'notification code % is not known', v_code;
        end if;
        v_notices := v_notices || jsonb_build_object(v_code::text, jsonb_build_object(
            'type', (array['info', 'error', 'notice', 'warning', 'critical'])[v_code / 100000],
            'message', v_message,
            'code', v_code));
    end loop;
    return v_notices;
end
$$;
