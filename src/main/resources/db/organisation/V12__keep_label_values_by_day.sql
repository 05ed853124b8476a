-- Label values by day instead of by month with a bit for each day: a day's load writes its own rows and touches no others.
-- Koku's label tables stay views of them.

drop view reporting_ocpusagepodlabel_summary, reporting_ocpstoragevolumelabel_summary, reporting_ocptags_values;
drop table openshift_label_value;

create table openshift_label_value (
    source uuid not null,
    usage_start date not null,
    data_source text not null,
    key text not null,
    value text not null,
    namespace text not null,
    nodes text[] not null
) partition by range (usage_start);
comment on table openshift_label_value is 'Labels of the daily summary by day and namespace';
comment on column openshift_label_value.usage_start is 'UTC day';
comment on column openshift_label_value.data_source is 'Pod or Storage';
comment on column openshift_label_value.namespace is 'Empty where the summary has none';
comment on column openshift_label_value.nodes is 'Nodes that have it there, in order; an empty name where the summary has none';
create index openshift_label_value_source on openshift_label_value (source, usage_start);

select caravan.ensure_month(current_schema()::text, month)
from (
    select distinct date_trunc('month', usage_start::timestamp)::date as month
    from openshift_summary_day
) m;

insert into openshift_label_value (source, usage_start, data_source, key, value, namespace, nodes)
select s.source_uuid, s.usage_start, s.data_source, l.key, l.value, coalesce(s.namespace, ''),
    array_agg(distinct coalesce(s.node, '') order by coalesce(s.node, ''))
from reporting_ocpusagelineitem_daily_summary s
cross join lateral jsonb_each_text(s.all_labels) l
group by s.source_uuid, s.usage_start, s.data_source, l.key, l.value, coalesce(s.namespace, '');

create view reporting_ocpusagepodlabel_summary as
select
    md5(concat_ws('|', 'Pod', p.id, v.key, v.namespace, n.node))::uuid as uuid,
    v.key,
    array_agg(distinct v.value) as values,
    p.id as report_period_id,
    v.namespace,
    nullif(n.node, '') as node
from openshift_label_value v
cross join unnest(v.nodes) as n(node)
join reporting_ocpusagereportperiod p
    on p.provider_id = v.source
    and p.report_period_start = date_trunc('month', v.usage_start::timestamp) at time zone 'UTC'
join reporting_enabledtagkeys k
    on k.key = v.key
    and k.provider_type = 'OCP'
    and k.enabled
where v.data_source = 'Pod'
group by p.id, v.key, v.namespace, n.node;
comment on view reporting_ocpusagepodlabel_summary is 'Values of each enabled label key of pods by report period, namespace and node';

create view reporting_ocpstoragevolumelabel_summary as
select
    md5(concat_ws('|', 'Storage', p.id, v.key, v.namespace, n.node))::uuid as uuid,
    v.key,
    array_agg(distinct v.value) as values,
    p.id as report_period_id,
    v.namespace,
    nullif(n.node, '') as node
from openshift_label_value v
cross join unnest(v.nodes) as n(node)
join reporting_ocpusagereportperiod p
    on p.provider_id = v.source
    and p.report_period_start = date_trunc('month', v.usage_start::timestamp) at time zone 'UTC'
join reporting_enabledtagkeys k
    on k.key = v.key
    and k.provider_type = 'OCP'
    and k.enabled
where v.data_source = 'Storage'
group by p.id, v.key, v.namespace, n.node;
comment on view reporting_ocpstoragevolumelabel_summary is
    'Values of each enabled label key of volumes by report period, namespace and node';

create view reporting_ocptags_values as
select
    md5(concat_ws('|', v.key, v.value))::uuid as uuid,
    v.key,
    v.value,
    array_agg(distinct c.cluster_id) as cluster_ids,
    array_agg(distinct c.cluster_alias) as cluster_aliases,
    array_agg(distinct v.namespace) as namespaces,
    array_agg(distinct n.node) filter (where n.node <> '') as nodes
from openshift_label_value v
cross join unnest(v.nodes) as n(node)
join reporting_ocp_clusters c
    on c.provider_id = v.source
join reporting_enabledtagkeys k
    on k.key = v.key
    and k.provider_type = 'OCP'
    and k.enabled
group by v.key, v.value;
comment on view reporting_ocptags_values is 'Where each value of an enabled label key occurs, over all months kept';
