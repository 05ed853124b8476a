package dev.caravan.openstack;

import static dev.caravan.openstack.SiteTable.Kind.DATE;
import static dev.caravan.openstack.SiteTable.Kind.FLAG;
import static dev.caravan.openstack.SiteTable.Kind.INTEGER;
import static dev.caravan.openstack.SiteTable.Kind.NUMBER;
import static dev.caravan.openstack.SiteTable.Kind.RECORD;
import static dev.caravan.openstack.SiteTable.Kind.REQUEST_SPEC;
import static dev.caravan.openstack.SiteTable.Kind.TEXT;
import static dev.caravan.openstack.SiteTable.Kind.TIMESTAMP;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tables of an OpenStack site that are read, and what of them. Names in SQL come from here and from nowhere else: a name
 * that somebody gives is looked up, never used.
 */
public enum SiteTable {
    COMPUTE_NODES(
            "nova.compute_nodes",
            keys(TEXT, "id"),
            needed(TIMESTAMP, "created_at"),
            others(TIMESTAMP, "updated_at", "deleted_at"),
            needed(TEXT, "hypervisor_hostname"),
            others(TEXT, "hypervisor_type"),
            others(INTEGER, "vcpus", "memory_mb", "local_gb"),
            others(NUMBER, "cpu_allocation_ratio", "ram_allocation_ratio", "disk_allocation_ratio")),
    INSTANCES(
            "nova.instances",
            others(INTEGER, "id"),
            keys(TEXT, "uuid"),
            needed(TIMESTAMP, "created_at", "launched_at"),
            others(TIMESTAMP, "deleted_at", "terminated_at"),
            others(TEXT, "host", "node"),
            others(INTEGER, "vcpus", "memory_mb", "root_gb")),
    INSTANCE_ACTIONS(
            "nova.instance_actions",
            keys(INTEGER, "id"),
            needed(TEXT, "instance_uuid"),
            others(TEXT, "action"),
            others(TIMESTAMP, "created_at", "deleted_at", "start_time", "finish_time")),
    INSTANCE_ACTIONS_EVENTS(
            "nova.instance_actions_events",
            others(INTEGER, "id"),
            keys(INTEGER, "action_id"),
            needed(TEXT, "event", "result"),
            needed(TIMESTAMP, "start_time"),
            others(TIMESTAMP, "finish_time"),
            others(TEXT, "host")),
    REQUEST_SPECS("nova_api.request_specs", keys(TEXT, "instance_uuid"), needed(REQUEST_SPEC, "spec")),
    LEASES(
            "blazar.leases",
            keys(TEXT, "id"),
            others(TEXT, "project_id"),
            others(TIMESTAMP, "created_at", "deleted_at"),
            needed(TIMESTAMP, "start_date", "end_date"),
            others(TEXT, "status")),
    LEASE_EVENTS(
            "blazar.events",
            keys(TEXT, "id"),
            needed(TEXT, "lease_id", "event_type"),
            needed(TIMESTAMP, "time"),
            others(TEXT, "status")),
    RESERVATIONS(
            "blazar.reservations",
            keys(TEXT, "id"),
            others(TIMESTAMP, "created_at", "deleted_at"),
            needed(TEXT, "lease_id", "resource_type")),
    COMPUTEHOSTS(
            "blazar.computehosts",
            keys(TEXT, "id"),
            needed(TIMESTAMP, "created_at"),
            others(TIMESTAMP, "deleted_at"),
            needed(TEXT, "hypervisor_hostname"),
            others(TEXT, "hypervisor_type"),
            others(INTEGER, "vcpus", "memory_mb", "local_gb")),
    COMPUTEHOST_ALLOCATIONS(
            "blazar.computehost_allocations",
            keys(TEXT, "id"),
            needed(TEXT, "compute_host_id", "reservation_id"),
            others(TIMESTAMP, "created_at", "deleted_at")),
    INSTANCE_RESERVATIONS(
            "blazar.instance_reservations",
            needed(TEXT, "reservation_id"),
            needed(INTEGER, "vcpus"),
            others(INTEGER, "memory_mb", "disk_gb")),
    DEVICES(
            "blazar.devices",
            keys(TEXT, "id"),
            others(TEXT, "name", "device_type", "device_driver"),
            needed(FLAG, "reservable"),
            needed(TIMESTAMP, "created_at"),
            others(TIMESTAMP, "deleted_at")),
    DEVICE_ALLOCATIONS(
            "blazar.device_allocations",
            keys(TEXT, "id"),
            needed(TEXT, "device_id", "reservation_id"),
            others(TIMESTAMP, "created_at", "deleted_at")),
    COMPUTEHOST_EXTRA_CAPABILITIES(
            "blazar.computehost_extra_capabilities",
            keys(TEXT, "id"),
            needed(TEXT, "computehost_id", "capability_value"),
            others(TEXT, "capability_name", "capability_id", "property_id"),
            others(TIMESTAMP, "created_at", "updated_at", "deleted_at")),
    EXTRA_CAPABILITIES("blazar.extra_capabilities", keys(TEXT, "id"), needed(TEXT, "capability_name")),
    RESOURCE_PROPERTIES("blazar.resource_properties", keys(TEXT, "id"), needed(TEXT, "property_name")),
    NODE_USAGE_REPORT_CACHE(
            "chameleon_usage.node_usage_report_cache",
            keys(DATE, "date"),
            others(TEXT, "node_type"),
            others(NUMBER, "maint_hours", "reserved_hours", "used_hours", "idle_hours"),
            needed(NUMBER, "total_hours")),
    NODE_COUNT_CACHE(
            "chameleon_usage.node_count_cache", keys(DATE, "date"), others(TEXT, "node_type"), needed(INTEGER, "cnt")),
    AUDIT_COMPUTEHOSTS(
            "openstack_audit.audit_blazar_computehosts",
            keys(INTEGER, "audit_id"),
            keys(TEXT, "id"),
            needed(TEXT, "audit_event_type"),
            needed(TIMESTAMP, "audit_changed_at"),
            record(
                    "data",
                    others(TEXT, "hypervisor_hostname"),
                    others(FLAG, "reservable", "disabled"),
                    others(INTEGER, "vcpus", "memory_mb", "local_gb")));

    private final String title;
    private final List<Column> columns;

    @SafeVarargs
    SiteTable(String title, List<Column>... columns) {
        this.title = title;
        this.columns = Arrays.stream(columns).flatMap(List::stream).toList();
    }

    /** How a field is read. */
    enum Kind {
        TEXT,
        /** A moment, UTC. */
        TIMESTAMP,
        /** A day, UTC; a moment stands for its day. */
        DATE,
        /** A whole number, not negative. */
        INTEGER,
        /** A number, not negative. */
        NUMBER,
        FLAG,
        /** JSON of which the reservation hinted at and the name of the flavor are kept. */
        REQUEST_SPEC,
        /** A JSON object of which some members are kept, each as a column. */
        RECORD
    }

    /**
     * @param needed whether a table without this column says nothing
     * @param key whether a row without a value in it says nothing
     * @param members of a record that are kept
     */
    record Column(String name, Kind kind, boolean needed, boolean key, List<Column> members) {
        private Column(String name, Kind kind, boolean needed, boolean key) {
            this(name, kind, needed, key, List.of());
        }

        /** The columns of the raw table that it fills. */
        List<String> stored() {
            return switch (kind) {
                case REQUEST_SPEC -> List.of("hinted_reservation", "flavor_name");
                case RECORD -> members.stream().map(Column::name).toList();
                default -> List.of(name);
            };
        }
    }

    /** The table that somebody calls so; empty for any other. */
    public static Optional<SiteTable> named(String title) {
        return Arrays.stream(values())
                .filter(table -> table.title.equals(title))
                .findFirst();
    }

    /** All of them, for people. */
    static String titles() {
        return Stream.of(values()).map(SiteTable::title).collect(Collectors.joining(", "));
    }

    /** Schema and table as the site calls them, for example nova.instances. */
    public String title() {
        return title;
    }

    /** Where its rows are kept, in schema openstack. */
    public String rawTable() {
        return title.replace('.', '_');
    }

    /** Schema at the site. */
    public String schema() {
        return title.substring(0, title.indexOf('.'));
    }

    /** Name of the table in its schema at the site. */
    public String table() {
        return title.substring(title.indexOf('.') + 1);
    }

    List<Column> columns() {
        return columns;
    }

    /** Columns it needs that a header lacks. */
    List<String> lackingIn(List<String> header) {
        return columns.stream()
                .filter(column -> column.needed() && !header.contains(column.name()))
                .map(Column::name)
                .toList();
    }

    private static List<Column> keys(Kind kind, String... names) {
        return Stream.of(names).map(name -> new Column(name, kind, true, true)).toList();
    }

    private static List<Column> needed(Kind kind, String... names) {
        return Stream.of(names).map(name -> new Column(name, kind, true, false)).toList();
    }

    @SafeVarargs
    private static List<Column> record(String name, List<Column>... members) {
        return List.of(new Column(
                name,
                RECORD,
                true,
                false,
                Stream.of(members).flatMap(List::stream).toList()));
    }

    private static List<Column> others(Kind kind, String... names) {
        return Stream.of(names)
                .map(name -> new Column(name, kind, false, false))
                .toList();
    }
}
