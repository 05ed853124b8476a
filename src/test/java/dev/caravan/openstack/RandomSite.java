package dev.caravan.openstack;

import dev.caravan.openstack.RawSite.Action;
import dev.caravan.openstack.RawSite.CapabilityName;
import dev.caravan.openstack.RawSite.ComputeHost;
import dev.caravan.openstack.RawSite.ComputeNode;
import dev.caravan.openstack.RawSite.Device;
import dev.caravan.openstack.RawSite.DeviceAllocation;
import dev.caravan.openstack.RawSite.Event;
import dev.caravan.openstack.RawSite.HostAllocation;
import dev.caravan.openstack.RawSite.HostCapability;
import dev.caravan.openstack.RawSite.HoursOfDay;
import dev.caravan.openstack.RawSite.Instance;
import dev.caravan.openstack.RawSite.InstanceReservation;
import dev.caravan.openstack.RawSite.Lease;
import dev.caravan.openstack.RawSite.LeaseEvent;
import dev.caravan.openstack.RawSite.PropertyName;
import dev.caravan.openstack.RawSite.RequestSpec;
import dev.caravan.openstack.RawSite.Reservation;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/** Small sites made up from a seed. Moments are few, so that many things happen at once. */
final class RandomSite {
    static final Instant FROM = Instant.parse("2024-02-20T00:00:00Z");
    static final int DAYS = 16;
    static final Instant TO = FROM.plusSeconds(DAYS * 86_400L);
    static final Instant REPORT_TIME = FROM.plusSeconds(12 * 86_400L);

    private static final int STEP_SECONDS = 6 * 3600;
    private static final int STEPS = DAYS * 4;
    private static final String[] EVENTS = {
        "compute_terminate_instance",
        "compute_shelve_instance",
        "compute_shelve_offload_instance",
        "compute_unshelve_instance",
        "compute_unshelve_instance",
        "compute__do_build_and_run_instance",
        "compute_stop_instance",
        "conductor_build_instances",
        // Begins with the same letters.
        "computer_found_instance"
    };
    private static final String[] TYPES = {
        "physical:host",
        "physical:host",
        "physical:host",
        "flavor:instance",
        "flavor:instance",
        "virtual:floatingip",
        "device"
    };
    private static final String[] FLAVORS = {"m1.large", "my_reservation:r1", "reservation:", "Reservation:r1"};
    private static final String[] STATUSES = {null, "ACTIVE", "TERMINATED", "ERROR"};

    private final Random random;
    private final RawSite site = new RawSite();
    private long number;

    private RandomSite(long seed) {
        random = new Random(seed);
    }

    /**
     * One in which all is as it should be: a host is there once and has bookings one after the other, or side by side as far
     * as there is room, and instances keep to their bookings.
     */
    static RawSite wellFormed(long seed) {
        var made = new RandomSite(seed);
        int hosts = 1 + made.random.nextInt(4);
        for (int host = 0; host < hosts; host++) {
            made.bookedHost("host" + host);
        }
        made.formerReports();
        return made.site;
    }

    /** One in which nothing fits, or by chance. */
    static RawSite illFormed(long seed) {
        var made = new RandomSite(seed);
        made.hosts();
        made.leases();
        made.allocations();
        made.instances();
        made.devices();
        made.capabilities();
        made.formerReports();
        return made.site;
    }

    private void bookedHost(String host) {
        boolean shared = random.nextInt(3) == 0;
        String type = shared ? "QEMU" : "ironic";
        long vcpus = 48;
        int at = random.nextInt(STEPS / 4);
        while (at < STEPS) {
            int until = at + 4 + random.nextInt(STEPS);
            site.computeNodes.add(new ComputeNode(
                    id("n"), step(at), beforeEnd(until), host, type, vcpus, 4800L, 480L, shared ? 2.0 : 1.0));
            at = until + random.nextInt(8);
        }
        at = random.nextInt(STEPS / 4);
        while (at < STEPS) {
            int until = at + 4 + random.nextInt(STEPS);
            String blazarHost = id("h");
            site.computeHosts.add(
                    new ComputeHost(blazarHost, step(at), beforeEnd(until), host, type, vcpus, 4800L, 480L));
            bookings(blazarHost, host, shared, at, Math.min(until, STEPS));
            at = until + random.nextInt(8);
        }
        if (shared) {
            for (int i = random.nextInt(3); i > 0; i--) {
                instance(host, null, 4L, random.nextInt(STEPS), 1 + random.nextInt(STEPS));
            }
        }
    }

    /** Bookings of the whole host, or of a quarter or half of it, one after the other. */
    private void bookings(String blazarHost, String host, boolean shared, int from, int until) {
        int at = from + random.nextInt(8);
        while (at < until) {
            int length = 1 + random.nextInt(16);
            int lanes = shared ? 1 + random.nextInt(2) : 1;
            for (int lane = 0; lane < lanes; lane++) {
                long vcpus = shared ? 12 : 48;
                int amount = shared ? 1 + random.nextInt(2) : 1;
                String reservation = booking(shared ? "flavor:instance" : "physical:host", vcpus, at, length);
                for (int i = 0; i < amount; i++) {
                    site.hostAllocations.add(new HostAllocation(id("a"), blazarHost, reservation));
                    int begin = at;
                    while (begin < at + length && random.nextInt(4) > 0) {
                        int stay = 1 + random.nextInt(at + length - begin);
                        instance(host, reservation, vcpus, begin, stay);
                        begin += stay;
                    }
                }
            }
            at += length + random.nextInt(6);
        }
    }

    private String booking(String type, long vcpus, int at, int length) {
        String lease = id("l");
        Instant start = step(at);
        int ahead = random.nextInt(3) * STEP_SECONDS;
        site.leases.add(new Lease(
                lease,
                id("p"),
                start.minusSeconds(ahead),
                random.nextInt(4) == 0 ? step(at + length) : null,
                // What is to start at once is rounded down to the minute.
                ahead == 0 ? start.minusSeconds(random.nextInt(60)) : start,
                step(at + length),
                null));
        String reservation = id("r");
        site.reservations.add(new Reservation(reservation, lease, type));
        if (type.equals("flavor:instance")) {
            site.instanceReservations.add(new InstanceReservation(reservation, vcpus, vcpus * 100, vcpus * 10));
        }
        return reservation;
    }

    private void instance(String host, String reservation, Long vcpus, int at, int length) {
        String uuid = id("i");
        boolean known = random.nextInt(3) > 0;
        boolean deleted = random.nextBoolean();
        site.instances.add(new Instance(
                number,
                uuid,
                step(at),
                deleted ? step(at + length) : null,
                step(at).plusSeconds(60),
                random.nextInt(4) == 0 && deleted ? step(at + length).minusSeconds(5) : null,
                known ? host : null,
                vcpus,
                vcpus * 100,
                vcpus * 10));
        if (!known) {
            event(uuid, "compute__do_build_and_run_instance", step(at).plusSeconds(60), "Success", host);
        }
        if (!deleted) {
            event(uuid, "compute_terminate_instance", step(at + length), "Success", host);
        }
        if (reservation != null) {
            boolean hinted = random.nextBoolean();
            site.requestSpecs.add(new RequestSpec(
                    uuid, hinted ? reservation : null, hinted ? "baremetal" : "reservation:" + reservation));
        }
    }

    private void hosts() {
        for (int i = rows(8); i > 0; i--) {
            Instant[] times = times();
            site.computeNodes.add(new ComputeNode(
                    id("n"),
                    mostly(times[0]),
                    maybe(times[1]),
                    mostly(host()),
                    mostly(random.nextBoolean() ? "QEMU" : "ironic"),
                    mostly(cores()),
                    mostly(amount()),
                    mostly(amount()),
                    mostly(1 + random.nextInt(4) / 2.0)));
        }
        for (int i = rows(8); i > 0; i--) {
            Instant[] times = times();
            site.computeHosts.add(new ComputeHost(
                    id("h"),
                    mostly(times[0]),
                    maybe(times[1]),
                    mostly(host()),
                    mostly("ironic"),
                    mostly(cores()),
                    mostly(amount()),
                    mostly(amount())));
        }
    }

    private void leases() {
        for (int i = rows(7); i > 0; i--) {
            Instant[] times = times();
            Instant created = random.nextInt(3) == 0 ? moment() : times[0].plusSeconds(random.nextInt(60));
            site.leases.add(new Lease(
                    id("l"),
                    mostly("p" + random.nextInt(3)),
                    mostly(created),
                    random.nextInt(4) == 0 ? moment() : null,
                    mostly(times[0]),
                    mostly(times[1]),
                    STATUSES[random.nextInt(STATUSES.length)]));
        }
        for (int i = rows(5); i > 0; i--) {
            site.leaseEvents.add(new LeaseEvent(
                    id("e"),
                    mostly(oneOf(site.leases.stream().map(Lease::id).toList())),
                    random.nextInt(4) == 0 ? "end_lease" : "start_lease",
                    mostly(moment()),
                    random.nextInt(4) == 0 ? "UNDONE" : "DONE"));
        }
        for (int i = rows(9); i > 0; i--) {
            String reservation = id("r");
            site.reservations.add(new Reservation(
                    reservation,
                    mostly(oneOf(site.leases.stream().map(Lease::id).toList())),
                    mostly(TYPES[random.nextInt(TYPES.length)])));
            if (random.nextInt(3) > 0) {
                site.instanceReservations.add(
                        new InstanceReservation(reservation, mostly(cores()), mostly(amount()), mostly(amount())));
            }
        }
    }

    private void allocations() {
        for (int i = rows(14); i > 0; i--) {
            site.hostAllocations.add(new HostAllocation(
                    id("a"),
                    mostly(oneOf(site.computeHosts.stream().map(ComputeHost::id).toList())),
                    mostly(reservation())));
        }
    }

    private void instances() {
        for (int i = rows(14); i > 0; i--) {
            String uuid = id("i");
            String host = host();
            String reservation = reservation();
            if (!site.hostAllocations.isEmpty() && random.nextInt(4) > 0) {
                HostAllocation allocation = site.hostAllocations.get(random.nextInt(site.hostAllocations.size()));
                reservation = allocation.reservationId();
                for (ComputeHost row : site.computeHosts) {
                    host = row.id().equals(allocation.computeHostId()) ? row.hypervisorHostname() : host;
                }
            }
            Instant[] times = times();
            site.instances.add(new Instance(
                    random.nextInt(8) == 0 ? null : number,
                    uuid,
                    mostly(times[0]),
                    maybe(times[1]),
                    mostly(moment()),
                    random.nextInt(4) == 0 ? moment() : null,
                    maybe(host),
                    mostly(cores()),
                    mostly(amount()),
                    mostly(amount())));
            for (int events = random.nextInt(6); events > 0; events--) {
                event(
                        random.nextInt(20) == 0 ? null : uuid,
                        mostly(EVENTS[random.nextInt(EVENTS.length)]),
                        mostly(random.nextInt(3) > 0 ? times[1] : moment()),
                        random.nextInt(5) == 0 ? "Error" : mostly("Success"),
                        mostly(random.nextBoolean() ? host : host()));
            }
            if (random.nextInt(10) == 0) {
                site.events.add(new Event(++number, -1, EVENTS[0], moment(), "Success", host()));
            }
            if (random.nextInt(6) > 0) {
                site.requestSpecs.add(new RequestSpec(
                        uuid,
                        random.nextBoolean() ? reservation : null,
                        random.nextBoolean()
                                ? "reservation:" + reservation
                                : mostly(FLAVORS[random.nextInt(FLAVORS.length)])));
            }
        }
    }

    /** Of an action of its own, or of the one before when that is the same instance's. */
    private void event(String uuid, String event, Instant time, String result, String host) {
        Action last = site.actions.isEmpty() ? null : site.actions.get(site.actions.size() - 1);
        if (last == null || !Objects.equals(uuid, last.instanceUuid()) || random.nextBoolean()) {
            last = new Action(++number, uuid, "any");
            site.actions.add(last);
        }
        site.events.add(new Event(++number, last.id(), event, time, result, host));
    }

    private void devices() {
        for (int i = rows(4); i > 0; i--) {
            site.devices.add(new Device(
                    id("d"),
                    "device",
                    random.nextInt(4) == 0 ? null : random.nextInt(3) > 0,
                    mostly(moment()),
                    maybe(moment())));
        }
        for (int i = rows(5); i > 0; i--) {
            site.deviceAllocations.add(new DeviceAllocation(
                    id("b"), mostly(oneOf(site.devices.stream().map(Device::id).toList())), mostly(reservation())));
        }
    }

    private void capabilities() {
        site.capabilityNames.add(new CapabilityName("c1", "node_type"));
        site.capabilityNames.add(new CapabilityName("c2", "gpu_count"));
        site.propertyNames.add(new PropertyName("p1", "node_type"));
        site.propertyNames.add(new PropertyName("p2", "su_factor"));
        for (int i = random.nextInt(8); i > 0; i--) {
            int way = random.nextInt(3);
            String named = Integer.toString(1 + random.nextInt(2));
            site.hostCapabilities.add(new HostCapability(
                    id("x"),
                    oneOf(site.computeHosts.stream().map(ComputeHost::id).toList()),
                    way == 0 ? (named.equals("1") ? "node_type" : "placement") : null,
                    way == 1 ? "c" + named : null,
                    way == 2 ? "p" + named : null,
                    mostly("type" + random.nextInt(3)),
                    mostly(moment()),
                    random.nextInt(4) == 0 ? moment() : null));
        }
    }

    private void formerReports() {
        int from = random.nextInt(DAYS);
        for (int day = from; day < DAYS && random.nextInt(8) > 0; day++) {
            for (int type = random.nextInt(3); type > 0; type--) {
                LocalDate date = LocalDate.parse("2024-02-20").plusDays(day);
                site.hoursOfDays.add(
                        new HoursOfDay(date, mostly("type" + type), hours(), hours(), hours(), hours(), hours()));
            }
        }
    }

    /** How many rows a table has, now and then none. */
    private int rows(int most) {
        return random.nextInt(12) == 0 ? 0 : most / 4 + random.nextInt(most);
    }

    private Double hours() {
        return mostly(random.nextInt(1000) / 10.0);
    }

    private String host() {
        return "host" + random.nextInt(3);
    }

    private String reservation() {
        return random.nextInt(8) == 0
                ? "r-missing"
                : oneOf(site.reservations.stream().map(Reservation::id).toList());
    }

    private Long cores() {
        return random.nextInt(12) == 0 ? 0 : 1L << random.nextInt(7);
    }

    private Long amount() {
        return (long) random.nextInt(1000);
    }

    private Instant moment() {
        return step(random.nextInt(3) == 0 ? 8 * random.nextInt(STEPS / 8) : random.nextInt(STEPS));
    }

    /** A start and an end, which mostly do not come in another order and are the same now and then. */
    private Instant[] times() {
        Instant one = moment();
        Instant two = moment();
        boolean ordered = one.isBefore(two) || random.nextInt(10) == 0;
        return ordered ? new Instant[] {one, two} : new Instant[] {two, one};
    }

    /** Null for what is after the end of all. */
    private static Instant beforeEnd(int number) {
        return number >= STEPS ? null : step(number);
    }

    private static Instant step(int number) {
        return FROM.plusSeconds((long) number * STEP_SECONDS);
    }

    private String id(String kind) {
        return kind + ++number;
    }

    private <T> T mostly(T value) {
        return random.nextInt(25) > 0 ? value : null;
    }

    private <T> T maybe(T value) {
        return random.nextInt(5) > 1 ? value : null;
    }

    private String oneOf(List<String> values) {
        return values.isEmpty() || random.nextInt(12) == 0 ? "none" : values.get(random.nextInt(values.size()));
    }
}
