-- Purpose:   summarises those of some days that are still marked.
-- Arguments: p_source; p_days: UTC days, empty allowed.
-- Returns:   the number of days summarised; 0 when another transaction was faster.
-- Invariant: the caller holds the source's lock, so that a mark leads to one summary, whoever else looks for marks.
-- Cost:      that of summarize_days for the marked days.
create or replace function caravan.summarize_marked(p_source uuid, p_days date[])
returns integer
language plpgsql
as $$
begin
    return caravan.summarize_days(p_source, array(
        select usage_start
        from summary_mark
        where source = p_source
            and usage_start = any (p_days)
        order by usage_start
    ));
end
$$;
