-- Purpose:   rebuilds the daily line items of a day whose counted hourly rows changed.
-- Arguments: p_source; p_report_type; p_day: UTC day.
-- Returns:   nothing.
-- Rule:      what is a key, a maximum or a sum of a type says caravan.report_column; the greatest of texts is that of their
--            bytes. Which rows count says caravan.find_counted_files.
-- Invariant: afterwards the daily rows of the day are exactly the aggregate of its counted hourly rows.
-- Cost:      one pass over these rows.
create or replace function caravan.refresh_daily_line_items(p_source uuid, p_report_type text, p_day date)
returns void
language plpgsql
as $$
declare
    v_counted record;
    v_keys text;
    v_columns text;
    v_aggregates text;
begin
    select
        string_agg(quote_ident(column_name), ', ' order by position) filter (where daily_rule = 'key'),
        string_agg(quote_ident(column_name), ', ' order by position) filter (where daily_rule <> 'key'),
        string_agg(
            format(case when kind = 'text' then '%s(%I collate "C")' else '%s(%I)' end, daily_rule, column_name),
            ', ' order by position
        ) filter (where daily_rule <> 'key')
    into strict v_keys, v_columns, v_aggregates
    from caravan.report_column
    where report_type = p_report_type;

    execute format(
        'delete from %I where source = $1 and usage_start = $2',
        'openshift_' || p_report_type || '_line_items_daily'
    )
    using p_source::text, p_day;

    select * into strict v_counted
    from caravan.find_counted_files(p_source, p_report_type, p_day);
    -- What all rows of the day have in common is no grouping key: comparing it row by row would take as long as the sums.
    execute format(
        'insert into %1$I (
            source, year, month, usage_start, interval_start, latest_interval_start, manifestid, reportnumhours,
            %3$s, %4$s
        )
        select $1, to_char($2, ''YYYY''), to_char($2, ''MM''), $2, $2::timestamp at time zone ''UTC'',
            max(interval_start), $3, $4, %3$s, %5$s
        from %2$I
        where manifest_file = any ($5)
            and usage_start = $2
            %6$s
        group by %3$s',
        'openshift_' || p_report_type || '_line_items_daily',
        'openshift_' || p_report_type || '_hours',
        v_keys,
        v_columns,
        v_aggregates,
        case when v_counted.additive_files is not null then
            'and (manifest_file <> all ($6) or interval_start <> all ($7))'
        end
    )
    using p_source::text, p_day, v_counted.manifestid, v_counted.hours, v_counted.files, v_counted.additive_files,
        v_counted.excluded_intervals;
end
$$;
