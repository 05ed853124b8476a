-- Purpose:   marks the stored days that a change of cost categories concerns to be summarised again. To be called in the
--            transaction of the change, after it.
-- Arguments: p_patterns: names of namespaces, % standing for any text; p_from: first UTC day to look at, NULL for all.
-- Returns:   source and UTC day of what was marked.
-- Invariant: no day is missed. Until commit no load of the organisation ends: one that ended before is among the days looked
--            through, one that ends later finds the version of the rules changed and marks its days itself.
-- Cost:      that of find_days_with_namespaces, and a row a day. Loads of the organisation wait for that long before their
--            commit.
create or replace function caravan.mark_days_with_namespaces(p_patterns text[], p_from date)
returns table (source uuid, usage_start date)
language plpgsql
as $$
#variable_conflict use_column
declare
    v_now timestamptz;
begin
    perform pg_advisory_xact_lock(hashtextextended('summary_mark ' || current_schema(), 0));
    update summary_rules
    set version = version + 1;
    v_now := clock_timestamp();
    return query
    insert into summary_mark as known (source, usage_start, requested_at)
    select f.source, f.usage_start, v_now
    from caravan.find_days_with_namespaces(p_patterns, p_from) f
    on conflict (source, usage_start) do update
    set requested_at = excluded.requested_at
    returning known.source, known.usage_start;
end
$$;
