package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.TestCaravan;
import dev.caravan.ledger.StatusReport.Gap;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is missing, what became of every row, and where a figure came from can be asked for. */
class CompletenessTest {
    private static final String CLUSTER = UUID.randomUUID().toString();

    @TempDir
    Path folder;

    private TestCaravan caravan;

    @BeforeEach
    void start() {
        caravan = TestCaravan.start();
        caravan.addSource(CLUSTER, "cluster");
    }

    @AfterEach
    void stop() {
        caravan.close();
    }

    @Test
    void daysLostInAnOutageAreGapsAndTheLatestDayIsNone() {
        ingest(1, Hours.day("2026-10-01"), 24);
        ingest(2, Hours.day("2026-10-04"), 24);
        ingest(3, Hours.day("2026-10-05").first(12), 12);
        ingest(4, Hours.day("2026-10-06").first(6), 6);
        var source = caravan.bean(StatusReport.class)
                .read()
                .organisations()
                .get(0)
                .sources()
                .get(0);
        assertThat(source.gapDays()).isEqualTo(3);
        assertThat(source.gaps())
                .containsExactly(
                        new Gap(LocalDate.parse("2026-10-05"), 12, 24),
                        new Gap(LocalDate.parse("2026-10-03"), 0, 24),
                        new Gap(LocalDate.parse("2026-10-02"), 0, 24));
        ingest(5, Hours.day("2026-10-05"), 24);
        assertThat(rows("select usage_start::text from org1234567.openshift_day_completeness where hours_seen < 24"
                        + " order by 1"))
                .containsExactly("2026-10-02", "2026-10-03", "2026-10-06");
        assertThat(rows("select distinct (summarized_at is not null)::text from org1234567.openshift_day_completeness"
                        + " where manifests > 0"))
                .containsExactly("true");
    }

    @Test
    void everyRowOfAManifestIsLoadedOrRejected() {
        ingest(1, Hours.day("2026-10-01"), 24);
        assertThat(rows("select rows_unaccounted::text from org1234567.openshift_manifest_reconciliation"))
                .containsExactly("0");
        assertThat(rows(
                        "select (rows_read = rows_loaded + rows_rejected and rows_read > 0 and files_read = files_listed)::text"
                                + " from org1234567.openshift_manifest_reconciliation"))
                .containsExactly("true");
        caravan.jdbc()
                .update(
                        "update org1234567.manifest_file set rows_read = rows_read + 1 where report_type = 'pod_usage'");
        assertThat(rows("select rows_unaccounted::text from org1234567.openshift_manifest_reconciliation"))
                .as("a row nobody accounts for")
                .containsExactly("1");
    }

    @Test
    void everySummaryRowNamesTheManifestsAndPayloadsItCameFrom() {
        ingest(1, Hours.day("2026-10-01").first(12), 12);
        ingest(2, Hours.day("2026-10-01"), 24);
        assertThat(rows("select count(*)::text from org1234567.reporting_ocpusagelineitem_daily_summary s"
                        + " where not exists (select from org1234567.openshift_summary_provenance p"
                        + " where p.source_uuid = s.source_uuid and p.usage_start = s.usage_start"
                        + " and p.data_source = s.data_source)"))
                .containsExactly("0");
        assertThat(rows(
                        "select distinct manifest_uuid::text || ' ' || origins[1] from org1234567.openshift_summary_provenance"
                                + " where report_type = 'pod_usage'"))
                .containsExactly(PayloadWriter.uuid(2) + " test 2.tar.gz");
    }

    private void ingest(int number, Hours covered, int hours) {
        Path payload = PayloadWriter.of(CLUSTER, PayloadWriter.uuid(number))
                .date("2026-10-07T00:04:59Z")
                .covering(covered)
                .reports(ClusterModel.small(number).reports(covered.first(Math.min(hours, 2))))
                .writeTo(folder.resolve(number + ".tar.gz"));
        assertThat(caravan.ingest(payload).outcome().name()).isEqualTo("LOADED");
    }

    private List<String> rows(String sql) {
        return caravan.jdbc().queryForList(sql, String.class);
    }
}
