-- Purpose:   finds the stored days that have any of some namespaces.
-- Arguments: p_patterns: names, % standing for any text; p_from: first UTC day to look at, NULL for all.
-- Returns:   source and UTC day; what a change of these namespaces' category makes necessary to summarise again.
-- Invariant: reads only; each day once.
-- Cost:      one pass over the daily summary's namespaces.
create or replace function caravan.find_days_with_namespaces(p_patterns text[], p_from date)
returns table (source uuid, usage_start date)
language plpgsql
stable
as $$
begin
    return query
    select distinct s.source_uuid, s.usage_start
    from reporting_ocpusagelineitem_daily_summary s
    where s.namespace like any (p_patterns)
        and (p_from is null or s.usage_start >= p_from)
    order by 1, 2;
end
$$;
