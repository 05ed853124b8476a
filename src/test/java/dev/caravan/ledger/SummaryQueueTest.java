package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.caravan.RouteApplication;
import dev.caravan.TestCaravan;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.payload.Delivery.Outcome;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Marked days are worked off while Caravan runs, and can be asked for over JMX. */
class SummaryQueueTest {
    private static final Hours DAY = Hours.day("2026-10-05");
    private static final String[] TEXTS = {
        String.class.getName(), String.class.getName(), String.class.getName(), String.class.getName()
    };
    private static final MBeanServer MBEANS = ManagementFactory.getPlatformMBeanServer();

    @TempDir
    Path folder;

    private TestCaravan caravan;

    @BeforeEach
    void start() {
        caravan = TestCaravan.start(
                RouteApplication.ALL,
                Map.of(
                        "camel.main.jmx-enabled",
                        true,
                        "caravan.summaries.poll-interval",
                        100,
                        "caravan.summaries.months-per-round",
                        1));
        for (String cluster : List.of("one", "two")) {
            caravan.addSource(cluster, "alias of " + cluster);
            Path payload = PayloadWriter.of(cluster, PayloadWriter.uuid(1))
                    .date("2026-10-06T00:04:59Z")
                    .covering(DAY)
                    .reports(ClusterModel.small(1).reports(DAY))
                    .writeTo(folder.resolve(cluster + ".tar.gz"));
            assertThat(caravan.ingest(payload).outcome()).isEqualTo(Outcome.LOADED);
        }
    }

    @AfterEach
    void stop() {
        caravan.close();
    }

    @Test
    void summarizeOverJmxReturnsAtOnceAndTheDaysFollow() throws JMException {
        int before = rows("one");
        caravan.jdbc()
                .update("delete from org1234567.reporting_ocpusagelineitem_daily_summary where cluster_id = 'one'");

        String said = invoke("dryRun", "1234567", "one", "2026-10-01", "2026-10-31");
        assertThat(said).matches("stored days to summarise again: 1; daily rows to be read: [1-9]\\d*");
        assertThat(caravan.jdbc().queryForObject("select count(*) from caravan.audit", Integer.class))
                .isZero();
        assertThat(rows("one")).as("a dry run changes nothing").isZero();

        assertThat(invoke("summarize", "1234567", "one", "2026-10-01", "2026-10-31"))
                .isEqualTo(said);
        await().atMost(Duration.ofSeconds(20)).until(() -> marks() == 0);
        assertThat(rows("one")).isEqualTo(before);
        assertThat(caravan.jdbc()
                        .queryForList(
                                "select action || ' ' || (details ->> 'cluster') from caravan.audit", String.class))
                .containsExactly("summarize one");
    }

    @Test
    void whatCannotBeAskedForIsSaid() {
        assertThatThrownBy(() -> invoke("summarize", "7", "one", "2026-10-01", "2026-10-31"))
                .rootCause()
                .hasMessage("organisation 7 is not registered");
        assertThatThrownBy(() -> invoke("dryRun", "1234567", "other", "2026-10-01", "2026-10-31"))
                .rootCause()
                .hasMessage("organisation 1234567 has no cluster other");
        assertThatThrownBy(() -> invoke("summarize", "1234567", "one", "2025-10-01", "2026-10-02"))
                .rootCause()
                .hasMessageContaining("are 367 days, at most 366 go at once");
        assertThatThrownBy(() -> invoke("summarize", "1234567", "one", "2026-10-02", "2026-10-01"))
                .rootCause()
                .hasMessageContaining("comes after");
        assertThatThrownBy(() -> invoke("summarize", "1234567", "one", "yesterday", "2026-10-01"))
                .rootCause()
                .hasMessageContaining("'yesterday' is no day");
        assertThat(marks()).isZero();
    }

    @Test
    void aMonthThatFailsKeepsNoOtherFromBeingSummarised() {
        caravan.jdbc()
                .execute("alter table org1234567.reporting_ocpusagelineitem_daily_summary"
                        + " add constraint nothing_of_one check (cluster_id <> 'one') not valid");
        caravan.jdbc()
                .update("insert into org1234567.summary_mark"
                        + " select source_uuid, '2026-10-05', case cluster_id when 'one' then now() else now() + '1 ms' end"
                        + " from caravan.source");

        await().atMost(Duration.ofSeconds(20)).until(() -> marks() == 1);
        assertThat(caravan.jdbc()
                        .queryForList(
                                "select cluster_id from caravan.source join org1234567.summary_mark on source = source_uuid",
                                String.class))
                .containsExactly("one");
        caravan.jdbc()
                .execute(
                        "alter table org1234567.reporting_ocpusagelineitem_daily_summary drop constraint nothing_of_one");
        await().atMost(Duration.ofSeconds(20)).until(() -> marks() == 0);
    }

    private static String invoke(String operation, String... arguments) throws JMException {
        ObjectName name = MBEANS.queryNames(
                        new ObjectName("org.apache.camel:type=services,name=SummaryOperations,*"), null)
                .iterator()
                .next();
        return (String) MBEANS.invoke(name, operation, arguments, TEXTS);
    }

    private int rows(String cluster) {
        return caravan.jdbc()
                .queryForObject(
                        "select count(*) from org1234567.reporting_ocpusagelineitem_daily_summary where cluster_id = ?",
                        Integer.class,
                        cluster);
    }

    private int marks() {
        return caravan.jdbc().queryForObject("select count(*) from org1234567.summary_mark", Integer.class);
    }
}
