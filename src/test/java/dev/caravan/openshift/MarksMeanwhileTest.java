package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.database.OrganisationDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is changed while days are being summarised reaches them in the end. */
class MarksMeanwhileTest {
    private static final String DAY = "2025-11-03";

    private final OrganisationDatabase database = OrganisationDatabase.create();
    private UUID source;

    @BeforeEach
    void addALabelledDay() {
        database.jdbc().queryForList("select caravan.ensure_month('org1234567', ?::date)", DAY);
        source = database.addSource("cluster-1");
        database.commit();
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void aDayAskedForAgainKeepsItsMark() throws Exception {
        String mark = "select caravan.mark_days('" + source + "', array['" + DAY + "']::date[])";
        database.jdbc().queryForList(mark);
        database.commit();
        String first = requested();

        try (Connection again = database.anotherSession();
                Connection summarizing = database.anotherSession()) {
            run(again, mark);
            var summary = meanwhile(
                    summarizing, "select caravan.summarize_marked('" + source + "', array['" + DAY + "']::date[])");
            awaitOneThatWaits();
            again.commit();
            summary.join();
        }

        assertThat(database.count("reporting_ocpusagereportperiod"))
                .as("it was summarised")
                .isOne();
        assertThat(requested()).isNotEqualTo(first);
    }

    @Test
    void aDayLoadedWhileAKeyIsEnabledIsMarked() throws Exception {
        loadedWhile(
                "select caravan.set_tag_keys(array['app'], true)",
                "select count(*) from caravan.mark_days_with_keys(array['app'], null)");
    }

    @Test
    void aDayLoadedWhileACategoryChangesIsMarked() throws Exception {
        loadedWhile(
                "select caravan.set_category_namespaces('Shared', array['a'])",
                "select count(*) from caravan.mark_days_with_namespaces(array['a'], null)");
    }

    @Test
    void aDayLoadedWithoutAChangeHasNoMark() throws Exception {
        try (Connection load = database.anotherSession()) {
            addLabelledRow(load);
            run(load, summarizeChanges());
            load.commit();
        }
        assertThat(database.count("summary_mark")).isZero();
    }

    /** The change does not see the row, since the load is not committed; the load does not see the change. */
    private void loadedWhile(String change, String mark) throws Exception {
        try (Connection load = database.anotherSession();
                Connection changing = database.anotherSession()) {
            addLabelledRow(load);
            run(changing, change);
            run(changing, mark);
            var loaded = meanwhile(load, summarizeChanges());
            awaitOneThatWaits();
            changing.commit();
            loaded.join();
        }
        assertThat(database.rows("select source, usage_start from summary_mark"))
                .containsExactly(source + "|" + DAY);
    }

    private void addLabelledRow(Connection load) throws SQLException {
        run(
                load,
                "with file as ("
                        + " insert into manifest_file (source, manifest_uuid, name, sha256, payload_sha256, size_bytes, role,"
                        + " report_type) values ('%s', '%s', 'n.csv', '', '', 1, 'report', 'node_labels') returning manifest_file"
                                .formatted(source, source)
                        + ") insert into openshift_node_labels_hours (usage_start, interval_start, node, node_labels,"
                        + " manifest_file) select '%s', '%s 00:00Z', 'n', '{\"app\": \"shop\"}', manifest_file from file"
                                .formatted(DAY, DAY));
        run(
                load,
                "insert into day_delivery (source, report_type, usage_start, manifest_uuid, hours, manifest_date, complete,"
                        + " additive, owns, rows_loaded, interval_starts)"
                        + " values ('%s', 'node_labels', '%s', '%s', 1, now(), true, false, true, 1, '{%s 00:00Z}')"
                                .formatted(source, DAY, source, DAY));
    }

    private String summarizeChanges() {
        return "select caravan.summarize_changes('%s', '{\"node_labels\": [\"%s\"]}')".formatted(source, DAY);
    }

    private String requested() {
        String text = database.text("select requested_at from summary_mark");
        database.rollBack();
        return text;
    }

    private void awaitOneThatWaits() {
        await().until(() -> {
            database.rollBack();
            return database.count("pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")
                    == 1;
        });
    }

    private static CompletableFuture<Void> meanwhile(Connection session, String statement) {
        return CompletableFuture.runAsync(() -> {
            try {
                run(session, statement);
                session.commit();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static void run(Connection session, String statement) throws SQLException {
        try (var prepared = session.createStatement()) {
            prepared.execute(statement);
        }
    }
}
