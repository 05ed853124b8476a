-- Purpose:   brings the label values of a day up to their daily summary.
-- Arguments: p_source; p_day: UTC day.
-- Returns:   nothing.
-- Invariant: a value is there exactly as long as the daily summary of a day has it; other days keep theirs.
-- Cost:      one pass over the daily summary of that day; rows are written where a label came or went, and once a day.
create or replace function caravan.refresh_label_values(p_source uuid, p_day date)
returns void
language plpgsql
as $$
declare
    v_month date := date_trunc('month', p_day::timestamp)::date;
    v_bit integer := 1 << (extract(day from p_day)::integer - 1);
begin
    with seen as materialized (
        select distinct
            s.data_source,
            l.key,
            l.value,
            coalesce(s.namespace, '') as namespace,
            coalesce(s.node, '') as node
        from reporting_ocpusagelineitem_daily_summary s
        cross join lateral jsonb_each_text(s.all_labels) l
        where s.source_uuid = p_source
            and s.usage_start = p_day
            and s.all_labels <> '{}'
    ),
    gone as (
        update openshift_label_value v
        set days = v.days & ~v_bit
        where v.source = p_source
            and v.usage_start = v_month
            and (v.days & v_bit) <> 0
            and not exists (
                select
                from seen s
                where s.data_source = v.data_source
                    and s.key = v.key
                    and s.value = v.value
                    and s.namespace = v.namespace
                    and s.node = v.node
            )
    )
    insert into openshift_label_value as v (source, usage_start, data_source, key, value, namespace, node, days)
    select p_source, v_month, data_source, key, value, namespace, node, v_bit
    from seen
    on conflict (source, usage_start, data_source, key, md5(value), namespace, node) do update
    set days = v.days | v_bit
    where (v.days & v_bit) = 0;

    delete from openshift_label_value
    where source = p_source
        and usage_start = v_month
        and days = 0;
end
$$;
