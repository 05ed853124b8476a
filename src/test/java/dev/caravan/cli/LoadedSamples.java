package dev.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.TestCaravan;
import dev.caravan.TestDatabase;
import dev.caravan.oracle.LoadedTables;
import dev.caravan.oracle.SummaryComparison;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Payloads of samples as the command `ingest` loads them, one after the other and undisturbed: the measure for any other way
 * in, however often it was interrupted.
 */
final class LoadedSamples implements AutoCloseable {
    private final List<Path> samples;
    private final TestDatabase empty = TestDatabase.createMigrated();
    private final TestDatabase reference;

    /**
     * @param folder for spool and quarantine
     * @param samples names of folders of {@link Shell#SAMPLES}
     */
    LoadedSamples(Path folder, String... samples) {
        this.samples = List.of(samples).stream().map(Shell.SAMPLES::resolve).toList();
        Shell.on(empty, folder).prepareSamples();
        reference = empty.copy();
        List<Object> arguments = new ArrayList<>(List.of("ingest"));
        arguments.addAll(payloads());
        var result = Shell.on(reference, folder).run(arguments.toArray());
        assertThat(result.code()).as(result.err()).isZero();
    }

    /** In the order in which they were packed, sample by sample. */
    List<Path> payloads() {
        return samples.stream()
                .flatMap(sample -> Shell.payloads(sample.resolve("payloads")).stream())
                .toList();
    }

    /** A database in which the clusters of the samples are registered and their label keys enabled. */
    TestDatabase prepared() {
        return empty.copy();
    }

    /** Each summary is the sample's; claims, manifests, owners of days, line items and replies are those of `ingest`. */
    void assertLoadedInto(TestDatabase database) throws Exception {
        try (var connection = database.dataSource().getConnection()) {
            for (Path sample : samples) {
                SummaryComparison.assertSame(
                        SummaryComparison.readExpected(sample),
                        connection,
                        TestCaravan.SCHEMA,
                        Files.readString(sample.resolve("cluster_id.txt")).strip());
            }
        }
        LoadedTables.assertSame(reference, database);
        assertThat(Shell.jdbc(database).queryForObject("select count(*) from caravan.quarantine", Integer.class))
                .isZero();
    }

    @Override
    public void close() {
        reference.close();
        empty.close();
    }
}
