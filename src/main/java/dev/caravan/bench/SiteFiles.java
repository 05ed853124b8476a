package dev.caravan.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * The tables of an imaginary site of bare metal that is leased, as it sends them: ten years of them, in the proportions of the
 * largest site there is.
 *
 * @param rows of each table, by schema and table
 * @param bytes of all files
 */
record SiteFiles(Path folder, Map<String, Long> rows, long bytes) {
    static final LocalDate FIRST_DAY = LocalDate.of(2016, 1, 1);
    /** The day after the last. */
    static final LocalDate END_DAY = LocalDate.of(2026, 1, 1);

    /** Rows of the largest site, by which all others are scaled. */
    private static final int INSTANCES = 150_000;

    private static final int ENROLMENTS = 3500;
    private static final int HOSTS = 356;
    private static final int ACTIONS = 835_000;
    private static final int EVENTS = 870_000;
    private static final int REQUEST_SPECS = 160_000;
    private static final int LEASES = 225_000;
    private static final int RESERVATIONS = 235_000;
    private static final int ALLOCATIONS = 165_000;
    private static final int CAPABILITIES = 19_500;
    private static final int DAYS_OF_TYPES = 50_000;

    private static final int FEWEST_HOSTS = 4;
    private static final int MINUTE = 60;
    private static final int HOUR = 3600;
    private static final int DAY = 86_400;
    private static final long BEGINNING = FIRST_DAY.atStartOfDay(ZoneOffset.UTC).toEpochSecond();
    private static final long END = END_DAY.atStartOfDay(ZoneOffset.UTC).toEpochSecond();
    /** What a booking takes of its host on average, so that all of them fit. */
    private static final long MEAN_BOOKING = 5 * DAY;

    private static final String[] NODE_TYPES = {
        "compute_skylake",
        "compute_haswell",
        "compute_cascadelake",
        "compute_icelake",
        "gpu_p100",
        "gpu_rtx_6000",
        "gpu_v100",
        "gpu_a100",
        "storage_nvme",
        "storage_hierarchy",
        "fpga",
        "compute_arm64",
        "atom",
        "low_power"
    };
    private static final String[][] BETWEEN = {
        {"stop", "compute_stop_instance"},
        {"start", "compute_start_instance"},
        {"reboot", "compute_reboot_instance"},
        {"rebuild", "compute_rebuild_instance"},
        {"attach_interface", "compute_attach_interface"}
    };

    /** Writes a file for each table; the same arguments give the same bytes. */
    static SiteFiles write(Path folder, int instances, long seed) throws IOException {
        try (var site = new Site(Files.createDirectories(folder), instances, seed)) {
            site.write();
            site.close();
            long bytes = 0;
            Map<String, Long> rows = new LinkedHashMap<>();
            for (DumpedTable table : site.all) {
                rows.put(table.name(), table.rows());
                bytes += Files.size(folder.resolve(table.name() + ".csv.gz"));
            }
            return new SiteFiles(folder, rows, bytes);
        }
    }

    long allRows() {
        return rows.values().stream().mapToLong(Long::longValue).sum();
    }

    /** So many things spread evenly over so many others. */
    private static final class Share {
        private final long things;
        private final long others;
        private long seen;

        Share(long things, long others) {
            this.things = things;
            this.others = others;
        }

        /** How many of the things belong to the next of the others. */
        int next() {
            long before = seen * things / others;
            seen++;
            return (int) (seen * things / others - before);
        }
    }

    /** A machine and when it is to be booked next. */
    private static final class Host {
        private final String name;
        private final int type;
        private final String blazarId;
        private final long since;
        private int bookingsLeft;
        private long bookingStart;
        private long bookingEnd;

        Host(int number, long since, int bookings) {
            this.name = "node-%04d".formatted(number);
            this.type = number % NODE_TYPES.length;
            this.blazarId = Integer.toString(number + 1);
            this.since = since;
            this.bookingsLeft = bookings;
            this.bookingEnd = since;
        }

        int vcpus() {
            return 24 + 8 * type;
        }

        int memory() {
            return vcpus() * 2731;
        }

        int disk() {
            return 250 + 50 * type;
        }

        /** Goes to the next booking: later than the one before, and so that all that are left still fit. */
        boolean book(SplittableRandom random) {
            if (bookingsLeft == 0) {
                return false;
            }
            long slack = Math.max(0, END - bookingEnd - bookingsLeft * MEAN_BOOKING);
            double gap = random.nextDouble() * Math.min(2 * slack / bookingsLeft, slack);
            bookingStart = bookingEnd + (long) gap;
            bookingsLeft--;
            int kind = random.nextInt(100);
            long length = kind < 4 ? 30 * DAY : kind < 30 ? DAY : kind < 50 ? 7 * DAY : HOUR + random.nextInt(7 * DAY);
            long room = END - bookingStart - bookingsLeft * HOUR;
            bookingEnd = bookingStart + Math.min(length, room);
            return true;
        }
    }

    /** The site while its files are written, in the order of time where the real ones would be. */
    private static final class Site implements AutoCloseable {
        private final List<DumpedTable> all = new ArrayList<>();
        private final DumpedTable enrolments;
        private final DumpedTable instances;
        private final DumpedTable actions;
        private final DumpedTable events;
        private final DumpedTable requestSpecs;
        private final DumpedTable leases;
        private final DumpedTable reservations;
        private final DumpedTable computeHosts;
        private final DumpedTable allocations;
        private final DumpedTable capabilities;
        private final DumpedTable hoursOfDays;
        private final DumpedTable countsOfDays;
        private final SplittableRandom random;
        private final double scale;

        private final Share bookedInstances;
        private final Share instancesOnDemand;
        private final Share unusedLeases;
        private final Share furtherReservations;
        private final Share lostRequestSpecs;
        private final Share actionsOfInstances;
        private final Share furtherEvents;

        Site(Path folder, int instanceRows, long seed) throws IOException {
            random = new SplittableRandom(seed);
            scale = (double) instanceRows / INSTANCES;
            enrolments = table(
                    folder,
                    "nova.compute_nodes",
                    "id,created_at,updated_at,deleted_at,hypervisor_hostname,hypervisor_type,vcpus,memory_mb,local_gb,"
                            + "cpu_allocation_ratio,ram_allocation_ratio,disk_allocation_ratio");
            instances = table(
                    folder,
                    "nova.instances",
                    "id,uuid,created_at,deleted_at,launched_at,terminated_at,host,node,vcpus,memory_mb,root_gb");
            actions = table(
                    folder,
                    "nova.instance_actions",
                    "id,instance_uuid,action,created_at,deleted_at,start_time,finish_time");
            events = table(
                    folder,
                    "nova.instance_actions_events",
                    "id,action_id,event,created_at,deleted_at,start_time,finish_time,result,host");
            requestSpecs = table(folder, "nova_api.request_specs", "instance_uuid,spec");
            leases = table(folder, "blazar.leases", "id,project_id,created_at,deleted_at,start_date,end_date,status");
            reservations = table(folder, "blazar.reservations", "id,created_at,deleted_at,lease_id,resource_type");
            computeHosts = table(
                    folder,
                    "blazar.computehosts",
                    "id,created_at,deleted_at,hypervisor_hostname,hypervisor_type,vcpus,memory_mb,local_gb");
            allocations = table(
                    folder,
                    "blazar.computehost_allocations",
                    "id,compute_host_id,reservation_id,created_at,deleted_at");
            capabilities = table(
                    folder,
                    "blazar.computehost_extra_capabilities",
                    "id,computehost_id,capability_name,capability_value,created_at,updated_at,deleted_at");
            hoursOfDays = table(
                    folder,
                    "chameleon_usage.node_usage_report_cache",
                    "date,node_type,maint_hours,reserved_hours,used_hours,idle_hours,total_hours");
            countsOfDays = table(folder, "chameleon_usage.node_count_cache", "date,node_type,cnt");

            int bookings = scaled(ALLOCATIONS);
            int onDemand = instanceRows / 10;
            bookedInstances = new Share(instanceRows - onDemand, bookings);
            instancesOnDemand = new Share(onDemand, bookings);
            unusedLeases = new Share(scaled(LEASES) - bookings, bookings);
            furtherReservations = new Share(scaled(RESERVATIONS) - scaled(LEASES), scaled(LEASES));
            lostRequestSpecs = new Share(scaled(REQUEST_SPECS) - instanceRows, instanceRows);
            actionsOfInstances = new Share(scaled(ACTIONS), instanceRows);
            furtherEvents = new Share(scaled(EVENTS) - scaled(ACTIONS), instanceRows);
        }

        private DumpedTable table(Path folder, String name, String header) throws IOException {
            var table = new DumpedTable(folder, name, header);
            all.add(table);
            return table;
        }

        private int scaled(int number) {
            return (int) Math.max(1, Math.round(scale * number));
        }

        void write() throws IOException {
            int number = Math.max(FEWEST_HOSTS, scaled(HOSTS));
            // Servers that are shared stand beside those that are leased.
            int shared = Math.max(1, number / 20);
            var enrolmentsOfHosts = new Share(Math.max(scaled(ENROLMENTS), number + shared), number + shared);
            var bookingsOfHosts = new Share(scaled(ALLOCATIONS), number);
            var capabilitiesOfHosts = new Share(Math.max(scaled(CAPABILITIES), number), number);
            var queue = new PriorityQueue<Host>(
                    Comparator.<Host>comparingLong(host -> host.bookingStart).thenComparing(host -> host.name));
            for (int i = 0; i < number; i++) {
                long since = BEGINNING + (i % 3 == 0 ? random.nextInt(2 * 365 * DAY) : 0);
                var host = new Host(i, since, bookingsOfHosts.next());
                enrol(host, "ironic", enrolmentsOfHosts.next());
                offer(host, capabilitiesOfHosts.next());
                if (host.book(random)) {
                    queue.add(host);
                }
            }
            List<Host> sharedHosts = new ArrayList<>();
            for (int i = number; i < number + shared; i++) {
                var host = new Host(i, BEGINNING, 0);
                enrol(host, "QEMU", enrolmentsOfHosts.next());
                sharedHosts.add(host);
            }
            while (!queue.isEmpty()) {
                Host host = queue.poll();
                booking(host);
                for (int i = unusedLeases.next(); i > 0; i--) {
                    unusedLease(host.bookingStart + random.nextInt(DAY));
                }
                for (int i = instancesOnDemand.next(); i > 0; i--) {
                    Host on = sharedHosts.get(random.nextInt(shared));
                    long stay = HOUR + random.nextInt(20 * DAY);
                    instance(on, host.bookingStart, host.bookingStart + stay, null);
                }
                if (host.book(random)) {
                    queue.add(host);
                }
            }
            formerReports(number);
        }

        /** A host is made again every year or so, and is away in between for up to two days. */
        private void enrol(Host host, String type, int times) throws IOException {
            long length = (END - host.since) / times;
            for (int i = 0; i < times; i++) {
                long created = host.since + i * length;
                long deleted = i + 1 == times ? DumpedTable.NONE : created + length - HOUR - random.nextInt(2 * DAY);
                enrolments
                        .number(enrolments.rows() + 1)
                        .time(created)
                        .time(deleted)
                        .time(deleted)
                        .text(host.name)
                        .text(type)
                        .number(host.vcpus())
                        .number(host.memory())
                        .number(host.disk())
                        .text(type.equals("QEMU") ? "2.0" : "1.0")
                        .text("1.0")
                        .text("1.0")
                        .end();
            }
        }

        private void offer(Host host, int capabilitiesOfHost) throws IOException {
            computeHosts
                    .text(host.blazarId)
                    .time(host.since + HOUR)
                    .time(DumpedTable.NONE)
                    .text(host.name)
                    .text("ironic")
                    .number(host.vcpus())
                    .number(host.memory())
                    .number(host.disk())
                    .end();
            for (int i = 0; i < capabilitiesOfHost; i++) {
                capabilities
                        .number(capabilities.rows() + 1)
                        .text(host.blazarId)
                        .text(i == 0 ? "node_type" : "capability." + i)
                        .text(i == 0 ? NODE_TYPES[host.type] : "value " + random.nextInt(100))
                        .time(host.since + HOUR)
                        .time(DumpedTable.NONE)
                        .time(DumpedTable.NONE)
                        .end();
            }
        }

        private void booking(Host host) throws IOException {
            long start = host.bookingStart - host.bookingStart % MINUTE;
            long end = host.bookingEnd;
            // Most begin at once: created some seconds into the minute they are said to start in.
            long created = random.nextInt(5) < 3 ? start + random.nextInt(MINUTE) : start - random.nextInt(14 * DAY);
            boolean early = random.nextInt(5) < 2;
            long deleted = early ? start + MINUTE + (long) (random.nextDouble() * (end - start)) : DumpedTable.NONE;
            String reservation = lease(created, deleted, start, end, "TERMINATED");
            allocations
                    .text(uuid())
                    .text(host.blazarId)
                    .text(reservation)
                    .time(created)
                    .time(deleted)
                    .end();
            int number = bookedInstances.next();
            long from = start + 2 * MINUTE;
            long until = early ? Math.min(end, deleted) : end;
            for (int i = 0; i < number; i++) {
                long stay = Math.max(MINUTE, (long) (random.nextDouble() * (until - from)) / number);
                instance(host, from, from + stay, reservation);
                from += stay + 1;
            }
        }

        /** Taken back before it began, or never begun for want of hosts. */
        private void unusedLease(long created) throws IOException {
            long start = created + HOUR + random.nextInt(10 * DAY);
            boolean failed = random.nextBoolean();
            lease(created, created + random.nextInt(HOUR), start, start + DAY, failed ? "ERROR" : "TERMINATED");
        }

        /** Returns its first reservation. */
        private String lease(long created, long deleted, long start, long end, String status) throws IOException {
            String lease = uuid();
            leases.text(lease)
                    .text("project-" + random.nextInt(700))
                    .time(created)
                    .time(deleted)
                    .time(start)
                    .time(end)
                    .text(status)
                    .end();
            String first = null;
            for (int i = furtherReservations.next(); i >= 0; i--) {
                first = uuid();
                reservations
                        .text(first)
                        .time(created)
                        .time(deleted)
                        .text(lease)
                        .text("physical:host")
                        .end();
            }
            return first;
        }

        /** @param reservation null for one on demand */
        private void instance(Host host, long created, long end, String reservation) throws IOException {
            String uuid = uuid();
            boolean launched = random.nextInt(100) > 2;
            long deleted = end > END ? DumpedTable.NONE : end;
            boolean forgotten = deleted != DumpedTable.NONE && random.nextInt(5) < 3;
            instances
                    .number(instances.rows() + 1)
                    .text(uuid)
                    .time(created)
                    .time(deleted)
                    .time(launched ? created + Math.min(10 * MINUTE, end - created) : DumpedTable.NONE)
                    .time(deleted)
                    .text("ironic-conductor")
                    .text(forgotten ? null : host.name)
                    .number(reservation == null ? 4 : host.vcpus())
                    .number(reservation == null ? 8192 : host.memory())
                    .number(reservation == null ? 40 : host.disk())
                    .end();
            String flavor = reservation == null ? "m1.medium" : "baremetal";
            requestSpecs
                    .text(uuid)
                    .text(RequestSpecText.cell(uuid, flavor, reservation, random.nextInt(1000)))
                    .end();
            for (int i = lostRequestSpecs.next(); i > 0; i--) {
                String lost = uuid();
                requestSpecs
                        .text(lost)
                        .text(RequestSpecText.cell(lost, "m1.medium", null, random.nextInt(1000)))
                        .end();
            }
            history(host, uuid, created, deleted, launched);
        }

        private void history(Host host, String uuid, long created, long deleted, boolean launched) throws IOException {
            int number = actionsOfInstances.next();
            long until = deleted == DumpedTable.NONE ? END : deleted;
            String result = launched ? "Success" : "Error";
            for (int i = 0; i < number; i++) {
                boolean last = i + 1 == number && deleted != DumpedTable.NONE;
                long time = last ? deleted : created + i * (until - created) / number;
                String[] kind = i == 0
                        ? new String[] {"create", "compute__do_build_and_run_instance"}
                        : last
                                ? new String[] {"delete", "compute_terminate_instance"}
                                : BETWEEN[random.nextInt(BETWEEN.length)];
                long action = actions.rows() + 1;
                actions.number(action)
                        .text(uuid)
                        .text(kind[0])
                        .time(time)
                        .time(DumpedTable.NONE)
                        .time(time)
                        .time(time + 5)
                        .end();
                event(action, kind[1], time, result, host.name);
                for (int more = i == 0 ? furtherEvents.next() : 0; more > 0; more--) {
                    event(action, "conductor_build_instances", time, result, "controller-1");
                }
            }
        }

        private void event(long action, String event, long time, String result, String host) throws IOException {
            events.number(events.rows() + 1)
                    .number(action)
                    .text(event)
                    .time(time)
                    .time(DumpedTable.NONE)
                    .time(time)
                    .time(time + 5)
                    .text(result)
                    .text(host)
                    .end();
        }

        private void formerReports(int hosts) throws IOException {
            long days = END_DAY.toEpochDay() - FIRST_DAY.toEpochDay();
            var typesOfDays = new Share(scaled(DAYS_OF_TYPES), days);
            for (long day = 0; day < days; day++) {
                for (int type = typesOfDays.next() - 1; type >= 0; type--) {
                    long nodes = 1 + hosts / NODE_TYPES.length;
                    long used = random.nextInt((int) nodes * 12);
                    long reserved = random.nextInt((int) nodes * 6);
                    long maintained = random.nextInt((int) nodes * 3);
                    hoursOfDays
                            .time(BEGINNING + day * DAY)
                            .text(NODE_TYPES[type % NODE_TYPES.length])
                            .number(maintained)
                            .number(reserved)
                            .number(used)
                            .number(nodes * 24 - maintained - reserved - used)
                            .number(nodes * 24)
                            .end();
                    countsOfDays
                            .text(FIRST_DAY.plusDays(day).toString())
                            .text(NODE_TYPES[type % NODE_TYPES.length])
                            .number(nodes)
                            .end();
                }
            }
        }

        private String uuid() {
            return new UUID(random.nextLong(), random.nextLong()).toString();
        }

        /** Files that are closed already stay so. */
        @Override
        public void close() throws IOException {
            for (DumpedTable table : all) {
                table.close();
            }
        }
    }
}
