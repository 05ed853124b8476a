package dev.caravan.openstack;

import dev.caravan.openstack.NaiveSpan.Amounts;
import dev.caravan.openstack.RawSite.ComputeHost;
import dev.caravan.openstack.RawSite.ComputeNode;
import dev.caravan.openstack.RawSite.Enrolment;
import dev.caravan.openstack.RawSite.Event;
import dev.caravan.openstack.RawSite.HostCapability;
import dev.caravan.openstack.RawSite.Instance;
import dev.caravan.openstack.RawSite.InstanceReservation;
import dev.caravan.openstack.RawSite.Lease;
import dev.caravan.openstack.RawSite.RequestSpec;
import dev.caravan.openstack.RawSite.Reservation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Spans of a site, and rows that give none: made one by one, each with a look at all other rows. */
final class NaiveSite {
    private static final String SUCCESS = "Success";
    private static final String RESUMED = "compute_unshelve_instance";
    private static final Set<String> ENDING =
            Set.of("compute_terminate_instance", "compute_shelve_offload_instance", "compute_shelve_instance");
    private static final String WHOLE_HOST = "physical:host";
    private static final String PART_OF_HOST = "flavor:instance";
    private static final Pattern RESERVED_FLAVOR = Pattern.compile("reservation:(.+)");
    /** Of rows of one host name, the last of those that overlap counts. */
    private static final Comparator<Enrolment> CREATION =
            Comparator.comparing(Enrolment::createdAt).thenComparing(Enrolment::id);

    /** A row that gives no span. */
    record Reject(String table, String id, String reason) {}

    private final RawSite raw;
    private final List<NaiveSpan> spans = new ArrayList<>();
    private final List<Reject> rejects = new ArrayList<>();

    NaiveSite(RawSite raw) {
        this.raw = raw;
        rejectLeases();
        countHosts();
        countReservableHosts();
        countDevices();
        countHostAllocations();
        countDeviceAllocations();
        countInstances();
    }

    List<NaiveSpan> spans() {
        return spans;
    }

    List<Reject> rejects() {
        return rejects;
    }

    List<NaiveSpan> spans(String countType) {
        return spans.stream().filter(span -> span.countType().equals(countType)).toList();
    }

    private void rejectLeases() {
        for (Lease row : raw.leases) {
            if (row.createdAt() == null || row.startDate() == null) {
                reject("blazar.leases", row.id(), "missing_start");
            }
        }
    }

    private void countHosts() {
        String table = "nova.compute_nodes";
        List<ComputeNode> hosts = accepted(table, raw.computeNodes);
        for (ComputeNode row : hosts) {
            Double virtual = row.vcpus() == null || row.cpuAllocationRatio() == null
                    ? null
                    : row.vcpus() * row.cpuAllocationRatio();
            var amounts =
                    new Amounts(1.0, decimal(row.vcpus()), virtual, decimal(row.memoryMb()), decimal(row.localGb()));
            NaiveSpan whole = span("total", table, row, null, amounts);
            List<Period> others = hosts.stream()
                    .filter(other -> isSuperseded(row, other))
                    .map(other -> Period.of(other.createdAt(), other.deletedAt()))
                    .toList();
            addLeft(List.of(whole), others);
        }
    }

    private void countReservableHosts() {
        String table = "blazar.computehosts";
        List<ComputeHost> hosts = accepted(table, raw.computeHosts);
        for (ComputeHost row : hosts) {
            var amounts = new Amounts(1.0, decimal(row.vcpus()), null, decimal(row.memoryMb()), decimal(row.localGb()));
            NaiveSpan whole = span("reservable", table, row, row.id(), amounts);
            if (row.hypervisorHostname() == null) {
                spans.add(whole);
                continue;
            }
            List<Period> parents =
                    parents("total", total -> row.hypervisorHostname().equals(total.host()));
            List<NaiveSpan> clamped = clamp(whole, parents).toList();
            List<Period> others = new ArrayList<>();
            for (ComputeHost other : hosts) {
                if (isSuperseded(row, other)) {
                    Period later = Period.of(other.createdAt(), other.deletedAt());
                    parents.stream().filter(later::overlaps).forEach(parent -> others.add(later.within(parent)));
                }
            }
            if (clamped.isEmpty()) {
                reject(table, row.id(), "orphan");
            } else {
                addLeft(withoutMomentsWithinOthers(clamped), others);
            }
        }
    }

    /** A moment within a longer part of the same row is no part of its own. */
    private static List<NaiveSpan> withoutMomentsWithinOthers(List<NaiveSpan> parts) {
        return parts.stream()
                .filter(part -> part.period().starts().isBefore(part.period().ends())
                        || parts.stream()
                                .noneMatch(
                                        other -> other != part && other.period().overlaps(part.period())))
                .toList();
    }

    private void countDevices() {
        String table = "blazar.devices";
        for (var row : raw.devices) {
            String reason = Boolean.TRUE.equals(row.reservable())
                    ? misdated(row.createdAt(), row.deletedAt())
                    : "not_reservable";
            if (reason != null) {
                reject(table, row.id(), reason);
                continue;
            }
            Period period = Period.of(row.createdAt(), row.deletedAt());
            spans.add(new NaiveSpan(
                    "reservable",
                    table,
                    row.id(),
                    row.id(),
                    null,
                    null,
                    null,
                    null,
                    period,
                    period,
                    Amounts.ONE_DEVICE));
        }
    }

    private void countHostAllocations() {
        String table = "blazar.computehost_allocations";
        for (var row : raw.hostAllocations) {
            Reservation reservation = find(raw.reservations, Reservation::id, row.reservationId());
            ComputeHost host = find(raw.computeHosts, ComputeHost::id, row.computeHostId());
            String hostName = host == null ? null : host.hypervisorHostname();
            commit(
                    table,
                    row.id(),
                    reservation,
                    hostName,
                    row.computeHostId(),
                    reservation == null ? null : allocated(reservation, host));
        }
    }

    private void countDeviceAllocations() {
        String table = "blazar.device_allocations";
        for (var row : raw.deviceAllocations) {
            Reservation reservation = find(raw.reservations, Reservation::id, row.reservationId());
            commit(table, row.id(), reservation, null, null, Amounts.ONE_DEVICE);
        }
    }

    private void commit(
            String table, String id, Reservation reservation, String host, String blazarHost, Amounts amounts) {
        Lease lease = reservation == null ? null : find(raw.leases, Lease::id, reservation.leaseId());
        if (lease == null) {
            reject(table, id, "missing_lease");
            return;
        }
        Instant starts = latest(lease.startDate(), lease.createdAt());
        Instant ends = earliest(lease.endDate(), lease.deletedAt());
        String type = reservation.resourceType();
        if (starts == null) {
            reject(table, id, "missing_start");
        } else if (ends == null) {
            reject(table, id, "open_lease");
        } else if (ends.isBefore(starts)) {
            reject(table, id, "ends_before_start");
        } else if (type == null) {
            reject(table, id, "unknown_reservation_type");
        } else {
            Period period = Period.of(starts, ends);
            var span = new NaiveSpan(
                    "committed",
                    table,
                    id,
                    id,
                    host,
                    nodeType(host),
                    blazarHost,
                    reservation.id(),
                    period,
                    period,
                    amounts);
            boolean device = table.equals("blazar.device_allocations");
            if (device || !type.equals(WHOLE_HOST) && !type.equals(PART_OF_HOST)) {
                addSized(List.of(span), span);
            } else if (host == null || blazarHost == null) {
                reject(table, id, "null_key");
            } else {
                addClamped(
                        span,
                        parents(
                                "reservable",
                                pool -> blazarHost.equals(pool.blazarHost()) && host.equals(pool.host())));
            }
        }
    }

    /** What an allocation takes of a host, which may be unknown. */
    private Amounts allocated(Reservation reservation, ComputeHost host) {
        Long vcpus = host == null ? null : host.vcpus();
        Long memory = host == null ? null : host.memoryMb();
        Long disk = host == null ? null : host.localGb();
        Long hostVcpus = vcpus;
        if (PART_OF_HOST.equals(reservation.resourceType())) {
            InstanceReservation size =
                    find(raw.instanceReservations, InstanceReservation::reservationId, reservation.id());
            vcpus = size == null ? null : size.vcpus();
            memory = size == null ? null : size.memoryMb();
            disk = size == null ? null : size.diskGb();
        }
        Double nodes = WHOLE_HOST.equals(reservation.resourceType()) ? Double.valueOf(1) : part(vcpus, hostVcpus);
        return new Amounts(nodes, decimal(vcpus), null, decimal(memory), decimal(disk));
    }

    private void countInstances() {
        String table = "nova.instances";
        for (Instance row : raw.instances) {
            List<Event> events = events(row);
            Instant ends = earliest(row.terminatedAt(), row.deletedAt(), endByEvents(events));
            String reason = row.launchedAt() == null ? "never_launched" : misdated(row.createdAt(), ends);
            if (reason != null) {
                reject(table, row.uuid(), reason);
                continue;
            }
            String host = row.node() == null ? hostByEvents(events) : row.node();
            String reservation = reservation(row);
            Period period = Period.of(row.createdAt(), ends);
            var span = new NaiveSpan(
                    reservation == null ? "occupied_ondemand" : "occupied_reservation",
                    table,
                    row.uuid(),
                    row.uuid(),
                    host,
                    nodeType(host),
                    null,
                    reservation,
                    period,
                    period,
                    occupied(row, host, reservation == null));
            if (reservation == null) {
                addSized(List.of(span), span);
            } else if (host == null) {
                reject(table, row.uuid(), "null_key");
            } else {
                addClamped(
                        span,
                        parents(
                                "committed",
                                booking -> reservation.equals(booking.reservation()) && host.equals(booking.host())));
            }
        }
    }

    private Amounts occupied(Instance row, String host, boolean onDemand) {
        ComputeNode facts = hostAt(host, row.createdAt());
        boolean shared = facts != null && "QEMU".equals(facts.hypervisorType());
        return new Amounts(
                shared ? part(row.vcpus(), facts.vcpus()) : Double.valueOf(1),
                decimal(row.vcpus()),
                onDemand ? decimal(row.vcpus()) : null,
                decimal(row.memoryMb()),
                decimal(row.rootGb()));
    }

    /** The latest enrolment of a host at a moment, else its first. */
    private ComputeNode hostAt(String host, Instant moment) {
        List<ComputeNode> known = raw.computeNodes.stream()
                .filter(row -> row.createdAt() != null && host != null && host.equals(row.hypervisorHostname()))
                .toList();
        return known.stream()
                .filter(row -> !row.createdAt().isAfter(moment))
                .max(CREATION)
                .or(() -> known.stream()
                        .min(Comparator.comparing(Enrolment::createdAt).thenComparing(CREATION.reversed())))
                .orElse(null);
    }

    /** Successful events of an instance, the earliest first, before it those of which nobody knows when they were. */
    private List<Event> events(Instance instance) {
        List<Event> events = new ArrayList<>();
        for (var action : raw.actions) {
            for (Event event : raw.events) {
                if (instance.uuid().equals(action.instanceUuid())
                        && event.actionId() == action.id()
                        && SUCCESS.equals(event.result())
                        && event.event() != null) {
                    events.add(event);
                }
            }
        }
        events.sort(Comparator.comparing(Event::startTime, Comparator.nullsFirst(Comparator.<Instant>naturalOrder()))
                .thenComparing(Event::id));
        return events;
    }

    private static Instant endByEvents(List<Event> events) {
        Instant resumed = null;
        for (Event event : events) {
            if (event.event().equals(RESUMED)) {
                resumed = event.startTime();
            }
        }
        for (Event event : events) {
            if (ENDING.contains(event.event())
                    && event.startTime() != null
                    && (resumed == null || event.startTime().isAfter(resumed))) {
                return event.startTime();
            }
        }
        return null;
    }

    private static String hostByEvents(List<Event> events) {
        String host = null;
        for (Event event : events) {
            if (event.event().startsWith("compute_") && event.host() != null) {
                host = event.host();
            }
        }
        return host;
    }

    /** The reservation an instance was asked for with; null for none. */
    private String reservation(Instance instance) {
        RequestSpec spec = find(raw.requestSpecs, RequestSpec::instanceUuid, instance.uuid());
        if (spec == null || spec.hintedReservation() != null) {
            return spec == null ? null : spec.hintedReservation();
        }
        Matcher flavor = RESERVED_FLAVOR.matcher(Objects.requireNonNullElse(spec.flavorName(), ""));
        return flavor.matches() ? flavor.group(1) : null;
    }

    /** Kind of hardware of a host; null when nobody says. */
    private String nodeType(String host) {
        List<HostCapability> saying = new ArrayList<>();
        for (ComputeHost row : raw.computeHosts) {
            for (HostCapability capability : raw.hostCapabilities) {
                if (host != null
                        && host.equals(row.hypervisorHostname())
                        && row.id().equals(capability.computehostId())
                        && "node_type".equals(name(capability))
                        && capability.deletedAt() == null
                        && capability.capabilityValue() != null) {
                    saying.add(capability);
                }
            }
        }
        return saying.stream()
                .max(Comparator.comparing(
                                HostCapability::createdAt, Comparator.nullsFirst(Comparator.<Instant>naturalOrder()))
                        .thenComparing(HostCapability::id))
                .map(HostCapability::capabilityValue)
                .orElse(null);
    }

    private String name(HostCapability capability) {
        if (capability.capabilityName() != null) {
            return capability.capabilityName();
        }
        var named = find(raw.capabilityNames, RawSite.CapabilityName::id, capability.capabilityId());
        if (named != null) {
            return named.capabilityName();
        }
        var property = find(raw.propertyNames, RawSite.PropertyName::id, capability.propertyId());
        return property == null ? null : property.propertyName();
    }

    private <T extends Enrolment> List<T> accepted(String table, List<T> rows) {
        List<T> accepted = new ArrayList<>();
        for (T row : rows) {
            String reason = misdated(row.createdAt(), row.deletedAt());
            if (reason == null) {
                accepted.add(row);
            } else {
                reject(table, row.id(), reason);
            }
        }
        return accepted;
    }

    /** Whether another enrolment counts instead where both are of the same host at the same time. */
    private static boolean isSuperseded(Enrolment row, Enrolment other) {
        return row.hypervisorHostname() != null
                && row.hypervisorHostname().equals(other.hypervisorHostname())
                && CREATION.compare(other, row) > 0;
    }

    /** Adds what is left of a row outside of what counts instead. */
    private void addLeft(List<NaiveSpan> parts, List<Period> others) {
        boolean any = false;
        for (NaiveSpan part : parts) {
            for (Period left : left(part.period(), others)) {
                spans.add(part.during(left));
                any = true;
            }
        }
        if (!any) {
            reject(parts.get(0).table(), parts.get(0).id(), "superseded");
        }
    }

    private static List<Period> left(Period whole, List<Period> others) {
        List<Period> cutting = others.stream()
                .filter(other -> other.overlaps(whole))
                .filter(other -> other.starts().isBefore(other.ends()))
                .toList();
        if (whole.starts().equals(whole.ends())) {
            return cutting.isEmpty() ? List.of(whole) : List.of();
        }
        var moments = new TreeSet<>(Set.of(whole.starts(), whole.ends()));
        cutting.stream()
                .flatMap(other -> Stream.of(other.starts(), other.ends()))
                .filter(whole::contains)
                .forEach(moments::add);
        List<Period> left = new ArrayList<>();
        Instant since = null;
        for (Instant moment : moments) {
            boolean counts = whole.contains(moment) && cutting.stream().noneMatch(other -> other.contains(moment));
            if (!counts && since != null) {
                left.add(new Period(since, moment));
                since = null;
            } else if (counts && since == null) {
                since = moment;
            }
        }
        return left;
    }

    private NaiveSpan span(String countType, String table, Enrolment row, String blazarHost, Amounts amounts) {
        Period period = Period.of(row.createdAt(), row.deletedAt());
        String host = row.hypervisorHostname();
        return new NaiveSpan(
                countType,
                table,
                row.id(),
                host == null ? row.id() : host,
                host,
                nodeType(host),
                blazarHost,
                null,
                period,
                period,
                amounts);
    }

    /** The periods in which something counts, each once. */
    private List<Period> parents(String countType, Predicate<NaiveSpan> same) {
        return spans(countType).stream()
                .filter(same)
                .map(NaiveSpan::period)
                .distinct()
                .toList();
    }

    private static Stream<NaiveSpan> clamp(NaiveSpan child, List<Period> parents) {
        return parents.stream()
                .filter(child.period()::overlaps)
                .map(parent -> child.during(child.period().within(parent)));
    }

    private void addClamped(NaiveSpan child, List<Period> parents) {
        List<NaiveSpan> clamped = clamp(child, parents).toList();
        if (clamped.isEmpty()) {
            reject(child.table(), child.id(), "orphan");
        } else {
            addSized(clamped, child);
        }
    }

    private void addSized(List<NaiveSpan> parts, NaiveSpan whole) {
        if (whole.amounts().nodes() == null) {
            reject(whole.table(), whole.id(), "unknown_size");
        } else {
            spans.addAll(parts);
        }
    }

    private void reject(String table, String id, String reason) {
        rejects.add(new Reject(table, id, reason));
    }

    private static String misdated(Instant starts, Instant ends) {
        if (starts == null) {
            return "missing_start";
        }
        return ends != null && ends.isBefore(starts) ? "ends_before_start" : null;
    }

    /** The fraction of a host; null where nobody can tell. */
    private static Double part(Long vcpus, Long hostVcpus) {
        return vcpus == null || hostVcpus == null || hostVcpus == 0 ? null : Double.valueOf((double) vcpus / hostVcpus);
    }

    private static Double decimal(Long number) {
        return number == null ? null : number.doubleValue();
    }

    private static Instant latest(Instant... moments) {
        return Stream.of(moments)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .orElse(null);
    }

    private static Instant earliest(Instant... moments) {
        return Stream.of(moments)
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    private static <T> T find(List<T> rows, Function<T, String> key, String wanted) {
        return rows.stream()
                .filter(row -> wanted != null && wanted.equals(key.apply(row)))
                .findFirst()
                .orElse(null);
    }
}
