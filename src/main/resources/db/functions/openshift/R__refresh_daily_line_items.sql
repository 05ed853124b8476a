-- Purpose:   rebuilds the daily line items of the days whose counted hourly rows changed.
-- Arguments: p_source; p_changed: {report_type: [day, ...]} as complete_manifest returns it.
-- Returns:   nothing.
-- Rule:      what is a key, a maximum or a sum of a type says caravan.report_column.
-- Invariant: afterwards the daily rows of these days are exactly the aggregate of their counted hourly rows.
-- Cost:      one pass over the counted rows of those days for each report type; at most six passes.
create or replace function caravan.refresh_daily_line_items(p_source uuid, p_changed jsonb)
returns void
language plpgsql
as $$
declare
    v_type text;
    v_days date[];
    v_keys text;
    v_columns text;
    v_aggregates text;
begin
    for v_type in
        select jsonb_object_keys(p_changed)
    loop
        v_days := array(select jsonb_array_elements_text(p_changed -> v_type)::date);
        select
            string_agg(quote_ident(column_name), ', ' order by position) filter (where daily_rule = 'key'),
            string_agg(quote_ident(column_name), ', ' order by position) filter (where daily_rule <> 'key'),
            string_agg(format('%s(%I)', daily_rule, column_name), ', ' order by position)
                filter (where daily_rule <> 'key')
        into strict v_keys, v_columns, v_aggregates
        from caravan.report_column
        where report_type = v_type;

        execute format(
            'delete from %I where source = $1 and usage_start = any ($2)',
            'openshift_' || v_type || '_line_items_daily'
        )
        using p_source::text, v_days;

        execute format(
            'insert into %1$I (
                source, year, month, usage_start, interval_start, latest_interval_start, manifestid, reportnumhours,
                %3$s, %4$s
            )
            select source, max(year), max(month), usage_start, usage_start::timestamp at time zone ''UTC'',
                max(interval_start), max(manifestid), max(reportnumhours), %3$s, %5$s
            from %2$I
            where source = $1
                and usage_start = any ($2)
            group by source, usage_start, %3$s',
            'openshift_' || v_type || '_line_items_daily',
            'openshift_' || v_type || '_counted_line_items',
            v_keys,
            v_columns,
            v_aggregates
        )
        using p_source::text, v_days;
    end loop;
end
$$;
