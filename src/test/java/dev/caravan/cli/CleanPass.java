package dev.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.TestCaravan;
import dev.caravan.TestDatabase;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.LoadedTables;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.oracle.SummaryComparison;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * As many payloads of one cluster as a test asks for, each a day of its own, and what the command `ingest` makes of them in
 * one undisturbed pass: the measure for any other way in, whatever happened to it.
 */
final class CleanPass {
    private static final LocalDate FIRST_DAY = LocalDate.parse("2026-01-01");
    private static final int HOURS = 8;
    private static final String TABLES =
            """
            select relname
            from pg_class
            where relnamespace = 'org1234567'::regnamespace
                and relkind in ('r', 'p')
                and not relispartition
            """;

    private final Path folder;
    private final String cluster = UUID.randomUUID().toString();
    private final List<Path> payloads = new ArrayList<>();

    CleanPass(Path folder) {
        this.folder = folder;
    }

    /** A database in which the cluster is registered. */
    TestDatabase prepared() {
        return prepared(TestDatabase.createMigrated());
    }

    /** The same database, in which the cluster is registered. */
    TestDatabase prepared(TestDatabase database) {
        Shell.on(database, folder).run("source", "add", "--org", "1234567", "--cluster", cluster, "--alias", "killed");
        return database;
    }

    Path nextPayload() {
        int number = payloads.size() + 1;
        LocalDate day = FIRST_DAY.plusDays(number);
        Path payload = PayloadWriter.of(cluster, PayloadWriter.uuid(number))
                .date(day.plusDays(1) + "T00:04:59Z")
                .covering(Hours.day(day))
                .reports(ClusterModel.small(number).reports(Hours.day(day).first(HOURS)))
                .writeTo(folder.resolve("made-" + number + ".tar.gz"));
        payloads.add(payload);
        return payload;
    }

    List<Path> payloads() {
        return payloads;
    }

    /** Ledger, line items, summaries and replies are those of one pass, and nothing is in quarantine. */
    void assertLoadedInto(TestDatabase database) throws Exception {
        try (TestDatabase reference = prepared()) {
            List<Object> arguments = new ArrayList<>(List.of("ingest"));
            arguments.addAll(payloads);
            var result = Shell.on(reference, folder).run(arguments.toArray());
            assertThat(result.code()).as(result.err()).isZero();
            LoadedTables.assertSame(reference, database);
            assertThat(rows(database)).isEqualTo(rows(reference));
            try (var expected = reference.dataSource().getConnection();
                    var found = database.dataSource().getConnection()) {
                SummaryComparison.assertSame(
                        SummaryComparison.read(expected, TestCaravan.SCHEMA, cluster),
                        SummaryComparison.read(found, TestCaravan.SCHEMA, cluster));
            }
        }
        assertThat(Shell.jdbc(database).queryForObject("select count(*) from caravan.quarantine", Integer.class))
                .isZero();
    }

    /** Rows of each table, but for moves, of which a clean pass of `ingest` has none. */
    private static Map<String, Long> rows(TestDatabase database) {
        var jdbc = Shell.jdbc(database);
        Map<String, Long> rows = new TreeMap<>();
        for (String table : jdbc.queryForList(TABLES, String.class)) {
            String counted = table.equals("outbox") ? "outbox where kind <> 'object-move'" : table;
            rows.put(table, jdbc.queryForObject("select count(*) from org1234567." + counted, Long.class));
        }
        return rows;
    }
}
