package dev.caravan.openstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CollectChangesFunctionTest extends SiteFunctionTestBase {
    /** Spans as kind:days*amount. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = ';',
            value = {
                "S4, S6; total:01-02, reservable:01-null; reservable 01 1, total 01 1, total 02 0",
                "S5; total:01-null, total:01-null; total 01 2",
                "S7; total:01-03, total:02-04; total 01 1, total 02 2, total 03 1, total 04 0",
                "S8; total:01-null; total 01 1",
                "S9; total:01-02, reservable:01-02; reservable 01 1, reservable 02 0, total 01 1, total 02 0",
                "S10; total:01-02, total:02-03; total 01 1, total 02 1, total 03 0",
                "S11; total:01-03, total:02-02; total 01 1, total 02 1, total 03 0",
                "a third three times; total:01-04*0.3333333333333333, total:01-03*0.3333333333333333, total:02-05*0.1;"
                        + " total 01 0.666666666666666, total 02 0.766666666666666, total 03 0.433333333333333,"
                        + " total 04 0.1, total 05 0"
            })
    void countsAreRunningSumsOfWhatBeginsAndEnds(String name, String spans, String counts) {
        for (String span : spans.split(", ")) {
            String[] parts = span.split("[:*-]");
            insertSpan(parts[0], parts[1], parts[2], parts.length > 3 ? Double.parseDouble(parts[3]) : 1, null);
        }
        collect();
        assertThat(changes("nodes")).containsExactly(counts.split(", "));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"S1, 02, 1, 01 1|02 -1", "S2, null, 1, 01 1", "S3, 02, 32, 01 32|02 -32"})
    void aFactIsWhatASpanAddsOrTakesAway(String name, String end, double amount, String facts) {
        insertSpan("total", "01", end, amount, null);
        assertThat(database.rows(
                        "select to_char(\"timestamp\" at time zone 'UTC', 'DD') || ' ' || value from openstack.fact"
                                + " where source = '" + SITE + "/nova.compute_nodes/row' order by 1"))
                .containsExactly(facts.split("\\|"));
    }

    @Test
    void k1k2whatWasCutCountsAsWhatWasNotAndWhatWasRejectedDoesNot() {
        for (int i = 0; i < 8; i++) {
            insertSpan("reservable", "01", null, 1, null);
        }
        database.jdbc()
                .update(
                        "update openstack.span set coerce_action = 'clipped' where site = ? and ctid in"
                                + " (select ctid from openstack.span where site = ? limit 3)",
                        SITE,
                        SITE);
        insert("span_reject", "source_table", "blazar.computehosts", "source_id", "x", "reason", "orphan");
        collect();
        assertThat(changes("nodes")).containsExactly("reservable 01 8");
    }

    @Test
    void everyAmountIsSummedAndOneThatNobodyTellsStaysUnknown() {
        insertSpan("total", "01", "03", 1, 48.0);
        insertSpan("total", "02", null, 1, null);
        insertSpan("reservable", "02", null, 1, null);
        collect();
        assertThat(changes("vcpus")).containsExactly("reservable 02 null", "total 01 48", "total 02 48", "total 03 0");
    }

    @Test
    void theFormerReportsHoursOfADayAreItsNodes() {
        report("01", "skylake", 24, 48, 96, 72, 240);
        report("01", "gpu", 0, 0, 24, 24, 48);
        report("02", "skylake", 0, 24, 120, 96, 240);
        collect();
        assertThat(changes("nodes"))
                .containsExactly(
                        "committed 01 7",
                        "committed 02 6",
                        "occupied_reservation 01 5",
                        "occupied_reservation 02 5",
                        "reservable 01 11",
                        "reservable 02 10",
                        "total 01 12",
                        "total 02 10");
        assertThat(database.rows("select distinct collector_type from openstack.usage_change where site = ?", SITE))
                .containsExactly("legacy");
    }

    private void report(String day, String nodeType, int maintenance, int reserved, int used, int idle, int total) {
        insert(
                "chameleon_usage_node_usage_report_cache",
                "date",
                "2024-01-" + day,
                "node_type",
                nodeType,
                "maint_hours",
                maintenance,
                "reserved_hours",
                reserved,
                "used_hours",
                used,
                "idle_hours",
                idle,
                "total_hours",
                total);
    }

    private void insertSpan(String kind, String from, String to, double nodes, Double vcpus) {
        insert(
                "span",
                "count_type",
                kind,
                "source_table",
                "nova.compute_nodes",
                "source_id",
                "row",
                "entity_id",
                "e",
                "starts",
                at(from),
                "ends",
                at(to),
                "original_start",
                at(from),
                "coerce_action",
                "none",
                "nodes",
                nodes,
                "vcpus",
                vcpus);
    }

    private void collect() {
        database.jdbc().queryForList("select caravan.collect_changes('" + SITE + "')");
    }

    private List<String> changes(String resource) {
        return database.rows(
                "select count_type || ' ' || to_char(changed_at at time zone 'UTC', 'DD') || ' ' || coalesce("
                        + resource + "::text, 'null') from openstack.usage_change where site = '" + SITE
                        + "' order by 1");
    }
}
