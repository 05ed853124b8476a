-- Which label values occur where, by month, and which keys stand for others. Koku's label tables are views of it: they
-- follow the enabled keys at once, and never hold a value that no summary has any more.

create table openshift_label_value (
    source uuid not null,
    usage_start date not null,
    data_source text not null,
    key text not null,
    value text not null,
    namespace text not null,
    node text not null,
    days integer not null
) partition by range (usage_start);
comment on table openshift_label_value is 'Labels of the daily summary by month, namespace and node';
comment on column openshift_label_value.usage_start is 'First UTC day of the month';
comment on column openshift_label_value.data_source is 'Pod or Storage';
comment on column openshift_label_value.namespace is 'Empty where the summary has none';
comment on column openshift_label_value.node is 'Empty where the summary has none';
comment on column openshift_label_value.days is 'Days of the month that have it: bit 0 is the first';
-- A value may be longer than an index can hold.
create unique index openshift_label_value_key on openshift_label_value
    (source, usage_start, data_source, key, md5(value), namespace, node);

create table reporting_tagmapping (
    uuid uuid primary key default gen_random_uuid(),
    parent_id uuid not null references reporting_enabledtagkeys on delete cascade,
    child_id uuid not null unique references reporting_enabledtagkeys on delete cascade,
    check (parent_id <> child_id)
);
comment on table reporting_tagmapping is 'Label keys that stand for others: summaries show a child under its parent''s name';

create view reporting_ocpusagepodlabel_summary as
select
    md5(concat_ws('|', 'Pod', p.id, v.key, v.namespace, v.node))::uuid as uuid,
    v.key,
    array_agg(distinct v.value) as values,
    p.id as report_period_id,
    v.namespace,
    nullif(v.node, '') as node
from openshift_label_value v
join reporting_ocpusagereportperiod p
    on p.provider_id = v.source
    and p.report_period_start = v.usage_start::timestamp at time zone 'UTC'
join reporting_enabledtagkeys k
    on k.key = v.key
    and k.provider_type = 'OCP'
    and k.enabled
where v.data_source = 'Pod'
group by p.id, v.key, v.namespace, v.node;
comment on view reporting_ocpusagepodlabel_summary is 'Values of each enabled label key of pods by report period, namespace and node';

create view reporting_ocpstoragevolumelabel_summary as
select
    md5(concat_ws('|', 'Storage', p.id, v.key, v.namespace, v.node))::uuid as uuid,
    v.key,
    array_agg(distinct v.value) as values,
    p.id as report_period_id,
    v.namespace,
    nullif(v.node, '') as node
from openshift_label_value v
join reporting_ocpusagereportperiod p
    on p.provider_id = v.source
    and p.report_period_start = v.usage_start::timestamp at time zone 'UTC'
join reporting_enabledtagkeys k
    on k.key = v.key
    and k.provider_type = 'OCP'
    and k.enabled
where v.data_source = 'Storage'
group by p.id, v.key, v.namespace, v.node;
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
    array_agg(distinct v.node) filter (where v.node <> '') as nodes
from openshift_label_value v
join reporting_ocp_clusters c
    on c.provider_id = v.source
join reporting_enabledtagkeys k
    on k.key = v.key
    and k.provider_type = 'OCP'
    and k.enabled
group by v.key, v.value;
comment on view reporting_ocptags_values is 'Where each value of an enabled label key occurs, over all months kept';

create view openshift_volume_day as
select
    source_uuid,
    cluster_id,
    cluster_alias,
    usage_start,
    namespace,
    persistentvolumeclaim,
    persistentvolume,
    storageclass,
    csi_volume_handle,
    sum(volume_request_storage_gigabyte_months) as volume_request_storage_gigabyte_months,
    sum(persistentvolumeclaim_usage_gigabyte_months) as persistentvolumeclaim_usage_gigabyte_months,
    max(persistentvolumeclaim_capacity_gigabyte_months) as persistentvolumeclaim_capacity_gigabyte_months
from reporting_ocpusagelineitem_daily_summary
where data_source = 'Storage'
group by source_uuid, cluster_id, cluster_alias, usage_start, namespace, persistentvolumeclaim, persistentvolume,
    storageclass, csi_volume_handle;
comment on view openshift_volume_day is
    'Volumes by day, to be matched with the bill of whoever provides them: figures are in GiB-months of the whole volume';
