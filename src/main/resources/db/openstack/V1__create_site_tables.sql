-- What sites of OpenStack sent: the rows of their tables as they are, by site. One schema serves all sites, since a report
-- compares them. Times are UTC. Raw rows have no key: what a site's database holds twice is here twice.

alter default privileges in schema "${flyway:defaultSchema}"
    grant select, insert, update, delete on tables to "${applicationRole}";
grant usage on schema "${flyway:defaultSchema}" to "${applicationRole}";
grant select on "${flyway:table}" to "${applicationRole}";

create table site (
    site text primary key,
    name text not null,
    imported_at timestamptz,
    built_at timestamptz
);
comment on table site is 'Sites that sent tables';
comment on column site.site is 'Key of the site, as in config/sites.yaml: lower-case letters, digits and underscores';
comment on column site.name is 'How the site is called in charts';
comment on column site.imported_at is 'When one of its tables was last replaced, UTC';
comment on column site.built_at is 'When its timelines were last built, UTC; older than imported_at: they are to be built';

create table table_import (
    site text not null,
    table_name text not null,
    imported_at timestamptz not null,
    origin text not null,
    rows_read bigint not null,
    rows_stored bigint not null,
    rows_rejected bigint not null,
    primary key (site, table_name),
    constraint table_import_balance check (rows_read = rows_stored + rows_rejected)
);
comment on table table_import is 'The latest import of each table of a site';
comment on column table_import.table_name is 'Schema and table as the site calls them, such as nova.instances';
comment on column table_import.origin is 'File, object or database server the rows came from';
comment on column table_import.rows_read is 'Rows that came';
comment on column table_import.rows_stored is 'Rows that could be stored';
comment on column table_import.rows_rejected is 'Rows that could not';

create table row_reject (
    site text not null,
    table_name text not null,
    row_number bigint not null,
    reason text not null,
    column_name text,
    primary key (site, table_name, row_number)
);
comment on table row_reject is 'Rows of the latest import that could not be stored; the first of each table, see table_import';
comment on column row_reject.row_number is 'Place among the rows that came, from 1, headers not counted';
comment on column row_reject.column_name is 'The column that could not be read; NULL when it is the row as a whole';

create table nova_compute_nodes (
    site text not null,
    id text not null,
    created_at timestamptz,
    updated_at timestamptz,
    deleted_at timestamptz,
    hypervisor_hostname text,
    hypervisor_type text,
    vcpus bigint,
    memory_mb bigint,
    local_gb bigint,
    cpu_allocation_ratio double precision,
    ram_allocation_ratio double precision,
    disk_allocation_ratio double precision
);
comment on table nova_compute_nodes is 'Enrolments of hosts; a host made again is a further row with the same host name';
comment on column nova_compute_nodes.hypervisor_type is 'ironic or QEMU';
comment on column nova_compute_nodes.vcpus is 'Cores';
comment on column nova_compute_nodes.memory_mb is 'MiB';
comment on column nova_compute_nodes.local_gb is 'GiB';
comment on column nova_compute_nodes.cpu_allocation_ratio is 'Virtual cores offered for each core';
comment on column nova_compute_nodes.ram_allocation_ratio is 'MiB offered for each MiB';
comment on column nova_compute_nodes.disk_allocation_ratio is 'GiB offered for each GiB';
create index nova_compute_nodes_site on nova_compute_nodes (site);

create table nova_instances (
    site text not null,
    id bigint,
    uuid text not null,
    created_at timestamptz,
    deleted_at timestamptz,
    launched_at timestamptz,
    terminated_at timestamptz,
    host text,
    node text,
    vcpus bigint,
    memory_mb bigint,
    root_gb bigint
);
comment on table nova_instances is 'Servers of users';
comment on column nova_instances.node is 'Host name of the hypervisor; often missing once the server is deleted';
comment on column nova_instances.vcpus is 'Virtual cores';
comment on column nova_instances.memory_mb is 'MiB';
comment on column nova_instances.root_gb is 'GiB';
create index nova_instances_site on nova_instances (site);

create table nova_instance_actions (
    site text not null,
    id bigint not null,
    instance_uuid text,
    action text,
    created_at timestamptz,
    deleted_at timestamptz,
    start_time timestamptz,
    finish_time timestamptz
);
comment on table nova_instance_actions is 'What was asked of servers; says which server an event is of';
create index nova_instance_actions_site on nova_instance_actions (site);

create table nova_instance_actions_events (
    site text not null,
    id bigint,
    action_id bigint not null,
    event text,
    start_time timestamptz,
    finish_time timestamptz,
    result text,
    host text
);
comment on table nova_instance_actions_events is 'What happened to servers';
comment on column nova_instance_actions_events.result is 'Success or Error';
create index nova_instance_actions_events_site on nova_instance_actions_events (site);

create table nova_api_request_specs (
    site text not null,
    instance_uuid text not null,
    hinted_reservation text,
    flavor_name text
);
comment on table nova_api_request_specs is 'What of a server''s request tells of reservations, read from its JSON when it came';
comment on column nova_api_request_specs.hinted_reservation is
    'First of nova_object.data, scheduler_hints, reservation; NULL for none';
comment on column nova_api_request_specs.flavor_name is
    'nova_object.data, flavor, nova_object.data, name; reservation:<id> tells of a reservation';
create index nova_api_request_specs_site on nova_api_request_specs (site);

create table blazar_leases (
    site text not null,
    id text not null,
    project_id text,
    created_at timestamptz,
    deleted_at timestamptz,
    start_date timestamptz,
    end_date timestamptz,
    status text
);
comment on table blazar_leases is 'Leases; the times of all allocations come from here';
comment on column blazar_leases.start_date is 'As last edited, UTC';
comment on column blazar_leases.status is 'Such as ACTIVE, TERMINATED or ERROR; NULL where it was not sent';
create index blazar_leases_site on blazar_leases (site);

create table blazar_events (
    site text not null,
    id text not null,
    lease_id text,
    event_type text,
    "time" timestamptz,
    status text
);
comment on table blazar_events is 'What Blazar did with leases, where a site sends it';
comment on column blazar_events.event_type is 'Such as start_lease';
comment on column blazar_events."time" is 'When it was to be done, UTC';
comment on column blazar_events.status is 'DONE once it is';
create index blazar_events_site on blazar_events (site);

create table blazar_reservations (
    site text not null,
    id text not null,
    created_at timestamptz,
    deleted_at timestamptz,
    lease_id text,
    resource_type text
);
comment on table blazar_reservations is 'Parts of leases; say which lease an allocation is of';
comment on column blazar_reservations.resource_type is 'physical:host, flavor:instance or another kind';
create index blazar_reservations_site on blazar_reservations (site);

create table blazar_computehosts (
    site text not null,
    id text not null,
    created_at timestamptz,
    deleted_at timestamptz,
    hypervisor_hostname text,
    hypervisor_type text,
    vcpus bigint,
    memory_mb bigint,
    local_gb bigint
);
comment on table blazar_computehosts is 'Hosts that can be reserved';
comment on column blazar_computehosts.vcpus is 'Cores';
comment on column blazar_computehosts.memory_mb is 'MiB';
comment on column blazar_computehosts.local_gb is 'GiB';
create index blazar_computehosts_site on blazar_computehosts (site);

create table blazar_computehost_allocations (
    site text not null,
    id text not null,
    compute_host_id text,
    reservation_id text,
    created_at timestamptz,
    deleted_at timestamptz
);
comment on table blazar_computehost_allocations is 'Hosts given to reservations';
create index blazar_computehost_allocations_site on blazar_computehost_allocations (site);

create table blazar_instance_reservations (
    site text not null,
    reservation_id text,
    vcpus bigint,
    memory_mb bigint,
    disk_gb bigint
);
comment on table blazar_instance_reservations is 'Sizes of reservations of the kind flavor:instance';
comment on column blazar_instance_reservations.vcpus is 'Virtual cores';
comment on column blazar_instance_reservations.memory_mb is 'MiB';
comment on column blazar_instance_reservations.disk_gb is 'GiB';
create index blazar_instance_reservations_site on blazar_instance_reservations (site);

create table blazar_devices (
    site text not null,
    id text not null,
    name text,
    device_type text,
    device_driver text,
    reservable boolean,
    created_at timestamptz,
    deleted_at timestamptz
);
comment on table blazar_devices is 'Devices of an edge site that can be reserved';
create index blazar_devices_site on blazar_devices (site);

create table blazar_device_allocations (
    site text not null,
    id text not null,
    device_id text,
    reservation_id text,
    created_at timestamptz,
    deleted_at timestamptz
);
comment on table blazar_device_allocations is 'Devices given to reservations';
create index blazar_device_allocations_site on blazar_device_allocations (site);

create table blazar_computehost_extra_capabilities (
    site text not null,
    id text not null,
    computehost_id text,
    capability_name text,
    capability_id text,
    property_id text,
    capability_value text,
    created_at timestamptz,
    updated_at timestamptz,
    deleted_at timestamptz
);
comment on table blazar_computehost_extra_capabilities is
    'What operators say of hosts; the name stands here or, in newer versions, in one of the two tables below';
create index blazar_computehost_extra_capabilities_site on blazar_computehost_extra_capabilities (site);

create table blazar_extra_capabilities (
    site text not null,
    id text not null,
    capability_name text
);
comment on table blazar_extra_capabilities is 'Names of capabilities';
create index blazar_extra_capabilities_site on blazar_extra_capabilities (site);

create table blazar_resource_properties (
    site text not null,
    id text not null,
    property_name text
);
comment on table blazar_resource_properties is 'Names of capabilities, in the newest versions';
create index blazar_resource_properties_site on blazar_resource_properties (site);

create table chameleon_usage_node_usage_report_cache (
    site text not null,
    date date not null,
    node_type text,
    maint_hours double precision,
    reserved_hours double precision,
    used_hours double precision,
    idle_hours double precision,
    total_hours double precision
);
comment on table chameleon_usage_node_usage_report_cache is 'Hours of a day by node type, as the former reports counted them';
comment on column chameleon_usage_node_usage_report_cache.date is 'Day, UTC';
comment on column chameleon_usage_node_usage_report_cache.maint_hours is 'Node-hours in maintenance';
comment on column chameleon_usage_node_usage_report_cache.reserved_hours is 'Node-hours leased and not used';
comment on column chameleon_usage_node_usage_report_cache.used_hours is 'Node-hours with a server of a user';
comment on column chameleon_usage_node_usage_report_cache.idle_hours is 'Node-hours free';
comment on column chameleon_usage_node_usage_report_cache.total_hours is 'Node-hours of all nodes there were';
create index chameleon_usage_node_usage_report_cache_site on chameleon_usage_node_usage_report_cache (site);

create table chameleon_usage_node_count_cache (
    site text not null,
    date date not null,
    node_type text,
    cnt bigint
);
comment on table chameleon_usage_node_count_cache is 'Nodes of a day by node type, as the former reports counted them';
comment on column chameleon_usage_node_count_cache.date is 'Day, UTC';
comment on column chameleon_usage_node_count_cache.cnt is 'Nodes';
create index chameleon_usage_node_count_cache_site on chameleon_usage_node_count_cache (site);

create table openstack_audit_audit_blazar_computehosts (
    site text not null,
    audit_id bigint not null,
    id text not null,
    audit_event_type text,
    audit_changed_at timestamptz,
    hypervisor_hostname text,
    reservable boolean,
    disabled boolean,
    vcpus bigint,
    memory_mb bigint,
    local_gb bigint
);
comment on table openstack_audit_audit_blazar_computehosts is
    'What became of reservable hosts, where a site keeps a record of changes; the columns after the time are read from its JSON';
comment on column openstack_audit_audit_blazar_computehosts.audit_id is 'Number of the record; rows of one host in order';
comment on column openstack_audit_audit_blazar_computehosts.id is 'Number of the host, as in blazar_computehosts';
comment on column openstack_audit_audit_blazar_computehosts.audit_event_type is 'INSERT, UPDATE or DELETE';
comment on column openstack_audit_audit_blazar_computehosts.vcpus is 'Cores';
comment on column openstack_audit_audit_blazar_computehosts.memory_mb is 'MiB';
comment on column openstack_audit_audit_blazar_computehosts.local_gb is 'GiB';
create index openstack_audit_audit_blazar_computehosts_site on openstack_audit_audit_blazar_computehosts (site);
