-- Purpose:   writes requests and limits the way stored recommendations have them.
-- Arguments: cores and bytes; NULL where there is none.
-- Returns:   {"requests": {"cpu", "memory"}, "limits": {"cpu", "memory"}}, each an amount with its format.
-- Invariant: depends on its arguments alone.
-- Cost:      none.
create or replace function caravan.describe_configuration(
    p_cpu_request double precision,
    p_cpu_limit double precision,
    p_memory_request double precision,
    p_memory_limit double precision
)
returns jsonb
language plpgsql
immutable
parallel safe
as $$
begin
    return jsonb_build_object(
        'requests', jsonb_build_object(
            'cpu', caravan.describe_amount(p_cpu_request, 'cores'),
            'memory', caravan.describe_amount(p_memory_request, 'bytes')),
        'limits', jsonb_build_object(
            'cpu', caravan.describe_amount(p_cpu_limit, 'cores'),
            'memory', caravan.describe_amount(p_memory_limit, 'bytes')));
end
$$;
