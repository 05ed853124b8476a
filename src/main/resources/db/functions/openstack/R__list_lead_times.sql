-- Purpose:   lists lead times as points of a chart: each by itself while they are few, else counted where they lie close.
-- Arguments: p_sites: keys of sites; p_from, p_to: first and last day, UTC, both included, on which the leases were asked for;
--            p_types: node types told apart; p_most: lead times of each kind that are listed one by one; p_columns: parts of
--            the time shown.
-- Returns:   points with their kind (requested or effective), node type (NULL: not known) and whether it is one of the p_types
--            most frequent; the moment and the lead time in hours, each the mean of its lead times; and how many they are. In
--            order of kind, the most frequent node type first, unknown and what is left of the types last.
-- Rule:      points are close that are of the same kind and node type, the same part of the time and the same step of the lead
--            time: 0 and less than an hour, then each twice as long as the one before. A lease of several node types counts
--            once for each. Node types beyond p_types are one, NULL and not listed.
-- Invariant: the numbers of each kind add up to the rows of openstack.lead_time_detail; reads only.
-- Cost:      one pass over the lead times of the sites.
create or replace function caravan.list_lead_times(
    p_sites text[],
    p_from date,
    p_to date,
    p_types integer,
    p_most integer,
    p_columns integer
)
returns table (
    leadtime_type text,
    node_type text,
    listed boolean,
    asked_at timestamptz,
    hours double precision,
    leases bigint
)
language plpgsql
stable
as $$
declare
    v_from constant timestamptz := p_from::timestamp at time zone 'UTC';
    v_to constant timestamptz := (p_to + 1)::timestamp at time zone 'UTC';
    v_seconds constant double precision := extract(epoch from v_to - v_from) / p_columns;
begin
    return query
    with lead as materialized (
        select d.leadtime_type, d.node_type, extract(epoch from d."timestamp" - v_from)::double precision as second,
            d.value / 3600 as hours
        from openstack.lead_time_detail d
        where d.site = any (p_sites)
            and d."timestamp" >= v_from
            and d."timestamp" < v_to
    ),
    ranked as (
        select l.node_type, row_number() over (order by count(*) desc, l.node_type) as place
        from lead l
        where l.node_type is not null
        group by l.node_type
    ),
    many as (
        select l.leadtime_type, count(*) > p_most as too_many
        from lead l
        group by l.leadtime_type
    ),
    placed as (
        select l.leadtime_type, r.node_type, r.place, l.node_type is null or r.place is not null as listed, l.second, l.hours,
            case when m.too_many then floor(l.second / v_seconds) else l.second end as part,
            case
                when not m.too_many then l.hours
                when l.hours <= 0 then -1
                when l.hours < 1 then 0
                else 1 + floor(ln(l.hours) / ln(2))
            end as step
        from lead l
        join many m
            on m.leadtime_type = l.leadtime_type
        left join ranked r
            on r.node_type = l.node_type
            and r.place <= p_types
    )
    select p.leadtime_type, p.node_type, p.listed, v_from + make_interval(secs => avg(p.second)), avg(p.hours), count(*)
    from placed p
    group by p.leadtime_type, p.node_type, p.place, p.listed, p.part, p.step
    order by p.leadtime_type desc, p.place nulls last, p.listed, count(*) desc, 4, 5;
end
$$;
