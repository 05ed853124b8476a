-- Purpose:   brings the label values of some days up to their daily summary.
-- Arguments: p_source; p_days: UTC days.
-- Returns:   nothing.
-- Invariant: a value is there exactly as long as the daily summary of a day has it; other days keep theirs.
-- Cost:      one pass over the daily summary of those days; rows are written where a label came or went, and once a day.
create or replace function caravan.refresh_label_values(p_source uuid, p_days date[])
returns void
language plpgsql
as $$
begin
    with touched as materialized (
        select date_trunc('month', day::timestamp)::date as usage_start,
            bit_or(1 << (extract(day from day)::integer - 1)) as days
        from unnest(p_days) as day
        group by 1
    ),
    seen as materialized (
        select
            date_trunc('month', s.usage_start::timestamp)::date as usage_start,
            s.data_source,
            l.key,
            l.value,
            coalesce(s.namespace, '') as namespace,
            coalesce(s.node, '') as node,
            bit_or(1 << (extract(day from s.usage_start)::integer - 1)) as days
        from reporting_ocpusagelineitem_daily_summary s
        cross join lateral jsonb_each_text(s.all_labels) l
        where s.source_uuid = p_source
            and s.usage_start = any (p_days)
            and s.all_labels <> '{}'
        group by 1, 2, 3, 4, 5, 6
    ),
    gone as (
        update openshift_label_value v
        set days = v.days & ~t.days
        from touched t
        where v.source = p_source
            and v.usage_start = t.usage_start
            and v.usage_start = any (array(select usage_start from touched))
            and (v.days & t.days) <> 0
            and not exists (
                select
                from seen s
                where s.usage_start = v.usage_start
                    and s.data_source = v.data_source
                    and s.key = v.key
                    and s.value = v.value
                    and s.namespace = v.namespace
                    and s.node = v.node
            )
    )
    insert into openshift_label_value as v (source, usage_start, data_source, key, value, namespace, node, days)
    select p_source, usage_start, data_source, key, value, namespace, node, days
    from seen
    on conflict (source, usage_start, data_source, key, md5(value), namespace, node) do update
    set days = (v.days & ~(select t.days from touched t where t.usage_start = v.usage_start)) | excluded.days
    where v.days is distinct from
        ((v.days & ~(select t.days from touched t where t.usage_start = v.usage_start)) | excluded.days);

    delete from openshift_label_value
    where source = p_source
        and usage_start = any (array(select date_trunc('month', day::timestamp)::date from unnest(p_days) as day))
        and days = 0;
end
$$;
