-- Purpose:   counts what forget_expired_rows and forget_sent_messages would delete of an organisation's ledger.
-- Arguments: p_before: first UTC day kept.
-- Returns:   first day of each month and the number of its rows in the ledger.
-- Invariant: reads only; the files of a manifest count, what hangs on them does not.
-- Cost:      one pass over the ledger's old rows.
create or replace function caravan.count_expired_rows(p_before date)
returns table (usage_start date, ledger_rows bigint)
language plpgsql
stable
as $$
declare
    v_before timestamptz := p_before::timestamp at time zone 'UTC';
    v_sources uuid[];
    v_manifests uuid[];
    v_months date[];
begin
    select array_agg(e.source), array_agg(e.manifest_uuid), array_agg(e.usage_start)
    into v_sources, v_manifests, v_months
    from caravan.find_expired_manifests(null, p_before, null) e;
    return query
    with manifest_month as (
        select source, manifest_uuid, month
        from unnest(v_sources, v_manifests, v_months) as m(source, manifest_uuid, month)
    ),
    expired as (
        select m.month as day, 1 as n
        from manifest_month m
        union all
        select m.month, 1
        from manifest_month m
        join manifest_file f
            on f.source = m.source
            and f.manifest_uuid = m.manifest_uuid
        union all
        select m.month, 1
        from manifest_month m
        join payload_claim c
            on c.source = m.source
            and c.manifest_uuid = m.manifest_uuid
        union all
        select (c.claimed_at at time zone 'UTC')::date, 1
        from payload_claim c
        where c.outcome = 'outside-retention'
            and c.claimed_at < v_before
        union all
        select d.usage_start, count(*)
        from day_delivery d
        where d.usage_start < p_before
        group by d.usage_start
        union all
        select n.usage_start, count(*)
        from openshift_node_day n
        where n.usage_start < p_before
        group by n.usage_start
        union all
        select s.usage_start, 1
        from openshift_summary_day s
        where s.usage_start < p_before
        union all
        select m.usage_start, 1
        from summary_mark m
        where m.usage_start < p_before
        union all
        select (p.report_period_start at time zone 'UTC')::date, 1
        from reporting_ocpusagereportperiod p
        where p.report_period_start < v_before
        union all
        select (o.sent_at at time zone 'UTC')::date, 1
        from outbox o
        where o.sent_at < v_before
    )
    select date_trunc('month', e.day::timestamp)::date, sum(e.n)::bigint
    from expired e
    group by 1
    order by 1;
end
$$;
