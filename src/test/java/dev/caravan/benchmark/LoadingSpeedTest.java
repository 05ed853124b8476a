package dev.caravan.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.RouteApplication;
import dev.caravan.TestCaravan;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.ClusterModel.Sizes;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.payload.Delivery.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;

/**
 * How long seven days of 2,000 pods take from tar.gz files on disk to committed summaries, beside the floor: one {@code
 * copy} of the finished pod rows, as CSV with ISO times, into one plain logged table of the same server. Medians of three.
 */
@Tag("benchmark")
class LoadingSpeedTest {
    private static final int PODS = 2000;
    /** About 67,000 rows of all types a day, 48,000 of them pods. */
    private static final Sizes LARGE = new Sizes(200, 83, PODS, 480, 10, 10, 6);

    private static final int DAYS = 7;
    private static final LocalDate FIRST_DAY = LocalDate.of(2026, 10, 5);

    @TempDir
    Path folder;

    @Test
    void printsSecondsAndRatioToTheFloor() throws Exception {
        var model = ClusterModel.of(1, LARGE);
        try (var caravan = TestCaravan.start(RouteApplication.INGEST, Map.of())) {
            List<Double> floors = new ArrayList<>();
            List<Double> loads = new ArrayList<>();
            warmUp(caravan);
            caravan.jdbc().execute("alter system set track_functions = 'all'");
            caravan.jdbc().queryForList("select pg_reload_conf()");
            Path csv = podRows(model);
            for (int run = 1; run <= 3; run++) {
                floors.add(floor(caravan, csv));
                loads.add(load(caravan, model));
            }
            printFunctionTimes(caravan);
            double floor = floors.stream().sorted().toList().get(1);
            double load = loads.stream().sorted().toList().get(1);
            System.out.printf(
                    Locale.ROOT,
                    "%d pod rows: floor %s median %.2f s; caravan %s median %.2f s; ratio %.2f; load average %.2f%n",
                    PODS * DAYS * 24,
                    floors,
                    floor,
                    loads,
                    load,
                    load / floor,
                    ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        }
    }

    /** Milliseconds in each stored function over all runs, those it calls left out. */
    private void printFunctionTimes(TestCaravan caravan) {
        caravan.jdbc()
                .query(
                        "select funcname, calls, self_time from pg_stat_user_functions"
                                + " where self_time > 10 order by self_time desc",
                        row -> {
                            System.out.printf(
                                    Locale.ROOT,
                                    "%-28s %4d calls %8.0f ms%n",
                                    row.getString(1),
                                    row.getLong(2),
                                    row.getDouble(3));
                        });
    }

    private void warmUp(TestCaravan caravan) throws IOException {
        var small = ClusterModel.of(2, Sizes.ofPods(500));
        String cluster = UUID.randomUUID().toString();
        caravan.addSource(cluster, "warm-up");
        for (int day = 0; day < 4; day++) {
            Path payload = payload(small, cluster, day, FIRST_DAY.plusDays(day));
            assertThat(caravan.ingest(payload).outcome()).isEqualTo(Outcome.LOADED);
        }
    }

    private double load(TestCaravan caravan, ClusterModel model) throws IOException {
        String cluster = UUID.randomUUID().toString();
        caravan.addSource(cluster, cluster);
        List<Path> payloads = new ArrayList<>();
        for (int day = 0; day < DAYS; day++) {
            payloads.add(payload(model, cluster, day, FIRST_DAY.plusDays(day)));
        }
        caravan.jdbc().execute("checkpoint");
        long start = System.nanoTime();
        long rows = 0;
        for (Path payload : payloads) {
            var delivery = caravan.ingest(payload);
            assertThat(delivery.outcome()).isEqualTo(Outcome.LOADED);
            rows += delivery.rowsLoaded();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(Locale.ROOT, "%d rows of all types in %.2f s: %.0f rows/s%n", rows, seconds, rows / seconds);
        return seconds;
    }

    private Path payload(ClusterModel model, String cluster, int number, LocalDate date) {
        Hours day = Hours.day(date);
        return PayloadWriter.of(cluster, UUID.randomUUID().toString())
                .date(day.lastSecond().plusSeconds(300))
                .covering(day)
                .reports(model.reports(day))
                .writeTo(folder.resolve(cluster + "-" + number + ".tar.gz"));
    }

    /** The pod rows of the whole week as a plain CSV with ISO times. */
    private Path podRows(ClusterModel model) throws IOException {
        Path csv = folder.resolve("pods.csv");
        try (var out = Files.newBufferedWriter(csv)) {
            for (int day = 0; day < DAYS; day++) {
                model.podUsage(Hours.day(FIRST_DAY.plusDays(day))).rows().forEach(cells -> {
                    try {
                        out.write(String.join(",", cells).replace(" +0000 UTC", "+00"));
                        out.newLine();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
            }
        }
        return csv;
    }

    private double floor(TestCaravan caravan, Path csv) throws IOException, SQLException {
        var header = ClusterModel.small(1).podUsage(Hours.day(FIRST_DAY)).header();
        var columns = new ArrayList<String>();
        for (String column : header) {
            boolean time = column.startsWith("interval_") || column.startsWith("report_period_");
            boolean number = column.endsWith("_seconds") || column.endsWith("_cores") || column.endsWith("_bytes");
            columns.add(column + (time ? " timestamptz" : number ? " double precision" : " text"));
        }
        try (var connection = caravan.database().dataSource().getConnection();
                var statement = connection.createStatement();
                var reader = Files.newBufferedReader(csv, StandardCharsets.UTF_8)) {
            statement.execute("drop table if exists public.floor");
            statement.execute("create table public.floor (" + String.join(", ", columns) + ")");
            statement.execute("checkpoint");
            long start = System.nanoTime();
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("copy public.floor from stdin (format csv)", reader, 1 << 16);
            return (System.nanoTime() - start) / 1e9;
        }
    }
}
