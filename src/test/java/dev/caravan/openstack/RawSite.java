package dev.caravan.openstack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.springframework.jdbc.core.JdbcTemplate;

/** The rows of one site's tables: of each the columns that anything is counted from, called as there. */
final class RawSite {
    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    /** A row that says that a host is there from its creation until its deletion. */
    interface Enrolment {
        String id();

        Instant createdAt();

        Instant deletedAt();

        String hypervisorHostname();
    }

    record ComputeNode(
            String id,
            Instant createdAt,
            Instant deletedAt,
            String hypervisorHostname,
            String hypervisorType,
            Long vcpus,
            Long memoryMb,
            Long localGb,
            Double cpuAllocationRatio)
            implements Enrolment {}

    record Instance(
            Long id,
            String uuid,
            Instant createdAt,
            Instant deletedAt,
            Instant launchedAt,
            Instant terminatedAt,
            String node,
            Long vcpus,
            Long memoryMb,
            Long rootGb) {}

    record Action(long id, String instanceUuid, String action) {}

    record Event(Long id, long actionId, String event, Instant startTime, String result, String host) {}

    record RequestSpec(String instanceUuid, String hintedReservation, String flavorName) {}

    record Lease(
            String id,
            String projectId,
            Instant createdAt,
            Instant deletedAt,
            Instant startDate,
            Instant endDate,
            String status) {}

    record LeaseEvent(String id, String leaseId, String eventType, Instant time, String status) {}

    record Reservation(String id, String leaseId, String resourceType) {}

    record ComputeHost(
            String id,
            Instant createdAt,
            Instant deletedAt,
            String hypervisorHostname,
            String hypervisorType,
            Long vcpus,
            Long memoryMb,
            Long localGb)
            implements Enrolment {}

    record HostAllocation(String id, String computeHostId, String reservationId) {}

    record InstanceReservation(String reservationId, Long vcpus, Long memoryMb, Long diskGb) {}

    record Device(String id, String name, Boolean reservable, Instant createdAt, Instant deletedAt) {}

    record DeviceAllocation(String id, String deviceId, String reservationId) {}

    record HostCapability(
            String id,
            String computehostId,
            String capabilityName,
            String capabilityId,
            String propertyId,
            String capabilityValue,
            Instant createdAt,
            Instant deletedAt) {}

    record CapabilityName(String id, String capabilityName) {}

    record PropertyName(String id, String propertyName) {}

    record HoursOfDay(
            LocalDate date,
            String nodeType,
            Double maintHours,
            Double reservedHours,
            Double usedHours,
            Double idleHours,
            Double totalHours) {}

    final List<ComputeNode> computeNodes = new ArrayList<>();
    final List<Instance> instances = new ArrayList<>();
    final List<Action> actions = new ArrayList<>();
    final List<Event> events = new ArrayList<>();
    final List<RequestSpec> requestSpecs = new ArrayList<>();
    final List<Lease> leases = new ArrayList<>();
    final List<LeaseEvent> leaseEvents = new ArrayList<>();
    final List<Reservation> reservations = new ArrayList<>();
    final List<ComputeHost> computeHosts = new ArrayList<>();
    final List<HostAllocation> hostAllocations = new ArrayList<>();
    final List<InstanceReservation> instanceReservations = new ArrayList<>();
    final List<Device> devices = new ArrayList<>();
    final List<DeviceAllocation> deviceAllocations = new ArrayList<>();
    final List<HostCapability> hostCapabilities = new ArrayList<>();
    final List<CapabilityName> capabilityNames = new ArrayList<>();
    final List<PropertyName> propertyNames = new ArrayList<>();
    final List<HoursOfDay> hoursOfDays = new ArrayList<>();

    /** Rows by the name of their table in schema openstack. */
    private Map<String, List<? extends Record>> tables() {
        Map<String, List<? extends Record>> tables = new LinkedHashMap<>();
        tables.put("nova_compute_nodes", computeNodes);
        tables.put("nova_instances", instances);
        tables.put("nova_instance_actions", actions);
        tables.put("nova_instance_actions_events", events);
        tables.put("nova_api_request_specs", requestSpecs);
        tables.put("blazar_leases", leases);
        tables.put("blazar_events", leaseEvents);
        tables.put("blazar_reservations", reservations);
        tables.put("blazar_computehosts", computeHosts);
        tables.put("blazar_computehost_allocations", hostAllocations);
        tables.put("blazar_instance_reservations", instanceReservations);
        tables.put("blazar_devices", devices);
        tables.put("blazar_device_allocations", deviceAllocations);
        tables.put("blazar_computehost_extra_capabilities", hostCapabilities);
        tables.put("blazar_extra_capabilities", capabilityNames);
        tables.put("blazar_resource_properties", propertyNames);
        tables.put("chameleon_usage_node_usage_report_cache", hoursOfDays);
        return tables;
    }

    /** Replaces all that is stored of a site by these rows, in an order made up from a seed. */
    void store(JdbcTemplate database, String site, long seed) {
        database.update("insert into openstack.site (site, name) values (?, ?) on conflict do nothing", site, site);
        tables().forEach((table, rows) -> {
            database.update("delete from openstack." + table + " where site = ?", site);
            List<Record> shuffled = new ArrayList<>(rows);
            Collections.shuffle(shuffled, new Random(seed));
            ArrayNode json = JSON.createArrayNode();
            shuffled.forEach(row -> json.add(((ObjectNode) JSON.valueToTree(row)).put("site", site)));
            if (!shuffled.isEmpty()) {
                database.update(
                        "insert into openstack.%1$s select * from jsonb_populate_recordset(null::openstack.%1$s, ?::jsonb)"
                                .formatted(table),
                        json.toString());
            }
        });
    }

    /** This site without some of its rows: whole tables first, then halves of them, down to single rows. */
    List<RawSite> withoutSomeRows() {
        List<RawSite> smaller = new ArrayList<>();
        int most = tables().values().stream().mapToInt(List::size).max().orElse(0);
        for (int size = Math.max(1, most); size > 0; size /= 2) {
            int chunk = size;
            tables().forEach((table, rows) -> {
                for (int from = 0; from < rows.size(); from += chunk) {
                    RawSite copy = copy();
                    List<? extends Record> left = copy.tables().get(table);
                    left.subList(from, Math.min(left.size(), from + chunk)).clear();
                    smaller.add(copy);
                }
            });
        }
        return smaller;
    }

    @SuppressWarnings("unchecked")
    private RawSite copy() {
        var copy = new RawSite();
        tables().forEach((table, rows) -> ((List<Record>) copy.tables().get(table)).addAll(rows));
        return copy;
    }

    /** All rows of a site, for a person to look at. */
    @Override
    public String toString() {
        var text = new StringBuilder();
        tables().forEach((table, rows) -> rows.forEach(row -> text.append(table + " " + row + "\n")));
        return text.toString();
    }

    /** Reads the tables of a folder with files as sites send them; times of a lesser kind are missing. */
    static RawSite read(Path folder) throws IOException {
        var site = new RawSite();
        rows(
                folder,
                "nova.compute_nodes",
                site.computeNodes,
                row -> new ComputeNode(
                        text(row, "id"),
                        time(row, "created_at"),
                        time(row, "deleted_at"),
                        text(row, "hypervisor_hostname"),
                        text(row, "hypervisor_type"),
                        number(row, "vcpus"),
                        number(row, "memory_mb"),
                        number(row, "local_gb"),
                        decimal(row, "cpu_allocation_ratio")));
        rows(
                folder,
                "nova.instances",
                site.instances,
                row -> new Instance(
                        number(row, "id"),
                        text(row, "uuid"),
                        time(row, "created_at"),
                        time(row, "deleted_at"),
                        time(row, "launched_at"),
                        time(row, "terminated_at"),
                        text(row, "node"),
                        number(row, "vcpus"),
                        number(row, "memory_mb"),
                        number(row, "root_gb")));
        rows(
                folder,
                "nova.instance_actions",
                site.actions,
                row -> new Action(number(row, "id"), text(row, "instance_uuid"), text(row, "action")));
        rows(
                folder,
                "nova.instance_actions_events",
                site.events,
                row -> new Event(
                        number(row, "id"),
                        number(row, "action_id"),
                        text(row, "event"),
                        time(row, "start_time"),
                        text(row, "result"),
                        text(row, "host")));
        rows(folder, "nova_api.request_specs", site.requestSpecs, RawSite::requestSpec);
        rows(
                folder,
                "blazar.leases",
                site.leases,
                row -> new Lease(
                        text(row, "id"),
                        text(row, "project_id"),
                        time(row, "created_at"),
                        time(row, "deleted_at"),
                        time(row, "start_date"),
                        time(row, "end_date"),
                        null));
        rows(
                folder,
                "blazar.reservations",
                site.reservations,
                row -> new Reservation(text(row, "id"), text(row, "lease_id"), text(row, "resource_type")));
        rows(
                folder,
                "blazar.computehosts",
                site.computeHosts,
                row -> new ComputeHost(
                        text(row, "id"),
                        time(row, "created_at"),
                        time(row, "deleted_at"),
                        text(row, "hypervisor_hostname"),
                        text(row, "hypervisor_type"),
                        number(row, "vcpus"),
                        number(row, "memory_mb"),
                        number(row, "local_gb")));
        rows(
                folder,
                "blazar.computehost_allocations",
                site.hostAllocations,
                row -> new HostAllocation(text(row, "id"), text(row, "compute_host_id"), text(row, "reservation_id")));
        rows(
                folder,
                "blazar.instance_reservations",
                site.instanceReservations,
                row -> new InstanceReservation(
                        text(row, "reservation_id"),
                        number(row, "vcpus"),
                        number(row, "memory_mb"),
                        number(row, "disk_gb")));
        rows(
                folder,
                "chameleon_usage.node_usage_report_cache",
                site.hoursOfDays,
                row -> new HoursOfDay(
                        LocalDate.parse(text(row, "date").substring(0, 10)),
                        text(row, "node_type"),
                        decimal(row, "maint_hours"),
                        decimal(row, "reserved_hours"),
                        decimal(row, "used_hours"),
                        decimal(row, "idle_hours"),
                        decimal(row, "total_hours")));
        return site;
    }

    private static <T> void rows(Path folder, String table, List<T> rows, Function<NamedCsvRecord, T> made)
            throws IOException {
        Path file = folder.resolve(table + ".csv");
        if (Files.exists(file)) {
            try (var csv = CsvReader.builder().ofNamedCsvRecord(file)) {
                csv.forEach(row -> rows.add(made.apply(row)));
            }
        }
    }

    private static RequestSpec requestSpec(NamedCsvRecord row) {
        try {
            JsonNode data = JSON.readTree(text(row, "spec")).path("nova_object.data");
            JsonNode hint = data.path("scheduler_hints").path("reservation").path(0);
            JsonNode flavor = data.path("flavor").path("nova_object.data").path("name");
            return new RequestSpec(text(row, "instance_uuid"), hint.textValue(), flavor.textValue());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static String text(NamedCsvRecord row, String column) {
        String text = row.getField(column);
        return text.isEmpty() ? null : text;
    }

    private static Instant time(NamedCsvRecord row, String column) {
        String text = text(row, column);
        return text == null ? null : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
    }

    private static Long number(NamedCsvRecord row, String column) {
        String text = text(row, column);
        return text == null ? null : Long.valueOf(text);
    }

    private static Double decimal(NamedCsvRecord row, String column) {
        String text = text(row, column);
        return text == null ? null : Double.valueOf(text);
    }
}
