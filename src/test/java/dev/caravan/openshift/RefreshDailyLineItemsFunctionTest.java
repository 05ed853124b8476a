package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import dev.caravan.database.ManifestFixture;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RefreshDailyLineItemsFunctionTest extends FunctionTestBase {
    private static final String DAY = "2025-11-03";
    private static final List<String> OWN_RULE = List.of("interval_start", "interval_end");

    @ParameterizedTest
    @ValueSource(strings = {"pod_usage", "storage_usage", "node_labels", "namespace_labels", "vm_usage", "gpu_usage"})
    void keysAreKeptMeasuresAddUpAndAttributesAreTheGreatest(String type) {
        Map<String, String> rules = rules(type);
        Object[] small = values(type, rules, 2, "aa");
        Object[] great = values(type, rules, 3, "bb");
        new ManifestFixture(database, source, 1)
                .rows(type, DAY, 0, 1, small)
                .rows(type, DAY, 22, 24, great)
                .load()
                .complete();
        refresh(type, DAY);
        assertThat(database.count("openshift_" + type + "_line_items_daily where source = ?", source.toString()))
                .isOne();
        rules.forEach(
                (column, rule) -> assertThat(daily(type, column)).as(column).isEqualTo(expected(type, column, rule)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"pod_usage", "storage_usage", "node_labels", "namespace_labels", "vm_usage", "gpu_usage"})
    void rowsThatDifferInAnyKeyStayApartAndAMissingKeyIsAKey(String type) {
        Map<String, String> rules = rules(type);
        List<String> keys = rules.entrySet().stream()
                .filter(rule -> "key".equals(rule.getValue()))
                .map(Map.Entry::getKey)
                .toList();
        assertThat(keys).isNotEmpty();
        var manifest = new ManifestFixture(database, source, 1);
        manifest.rows(type, DAY, 0, 2, values(type, rules, 1, "aa"));
        for (String key : keys) {
            manifest.rows(type, DAY, 0, 2, changed(values(type, rules, 1, "aa"), key, text(type, key, "other")));
            manifest.rows(type, DAY, 0, 2, changed(values(type, rules, 1, "aa"), key, null));
        }
        manifest.load().complete();
        refresh(type, DAY);
        assertThat(database.count("openshift_" + type + "_line_items_daily where source = ?", source.toString()))
                .isEqualTo(1 + 2L * keys.size());
    }

    @Test
    void aDailyRowKnowsItsPlaceAndItsLatestInterval() {
        var manifest = new ManifestFixture(database, source, 1)
                .period("2025-11-03T00:00:00Z", "2025-11-03T23:59:59Z")
                .rows("node_labels", DAY, 4, 9, "node", "n", "node_labels", "{}");
        manifest.load().complete();
        refresh("node_labels", DAY);
        assertThat(database.rows(
                        "select source, year, month, usage_start, interval_start, interval_end, latest_interval_start, manifestid, reportnumhours"
                                + " from openshift_node_labels_line_items_daily where source = ?",
                        source.toString()))
                .containsExactly(source + "|2025|11|2025-11-03|2025-11-03 00:00:00+00||2025-11-03 08:00:00+00|"
                        + manifest.uuid() + "|24");
    }

    @Test
    void missingNumbersStayMissing() {
        new ManifestFixture(database, source, 1)
                .rows(
                        "pod_usage",
                        DAY,
                        0,
                        2,
                        "pod",
                        "p",
                        "pod_usage_cpu_core_seconds",
                        null,
                        "pod_limit_cpu_core_seconds",
                        null)
                .rows(
                        "pod_usage",
                        DAY,
                        2,
                        3,
                        "pod",
                        "p",
                        "pod_usage_cpu_core_seconds",
                        5,
                        "pod_limit_cpu_core_seconds",
                        null)
                .load()
                .complete();
        refresh("pod_usage", DAY);
        assertThat(database.rows(
                        "select pod_usage_cpu_core_seconds, pod_limit_cpu_core_seconds from openshift_pod_usage_line_items_daily where source = ?",
                        source.toString()))
                .containsExactly("5|");
    }

    @Test
    void onlyCountedRowsCount() {
        new ManifestFixture(database, source, 1)
                .rows("pod_usage", DAY, 0, 3, "pod", "owner")
                .load()
                .complete();
        new ManifestFixture(database, source, 2)
                .additive()
                .rows("pod_usage", DAY, 2, 4, "pod", "addition")
                .load()
                .complete();
        new ManifestFixture(database, source, 3)
                .rows("pod_usage", DAY, 0, 9, "pod", "half")
                .listed("missing.csv")
                .load();
        refresh("pod_usage", DAY);
        assertThat(database.rows(
                        "select pod, latest_interval_start at time zone 'UTC' from openshift_pod_usage_line_items_daily where source = ? order by 1",
                        source.toString()))
                .containsExactly("addition|2025-11-03 03:00:00", "owner|2025-11-03 02:00:00");
    }

    @Test
    void onlyTheNamedDaysAndTypesOfTheSourceAreRebuiltAndTwiceIsOnce() {
        daily("pod_usage", DAY, "pod", "stale");
        daily("pod_usage", "2025-11-04", "pod", "stays");
        daily("storage_usage", DAY, "pod", "stays");
        daily(database.addSource("cluster-2"), "pod_usage", DAY, "pod", "stays");
        new ManifestFixture(database, source, 1)
                .rows("pod_usage", DAY, 0, 3, "pod", "fresh")
                .load()
                .complete();
        for (int i = 0; i < 2; i++) {
            refresh("pod_usage", DAY);
            assertThat(database.rows("select usage_start, pod from openshift_pod_usage_line_items_daily order by 1, 2"))
                    .containsExactly("2025-11-03|fresh", "2025-11-03|stays", "2025-11-04|stays");
            assertThat(database.rows("select pod from openshift_storage_usage_line_items_daily"))
                    .containsExactly("stays");
        }
    }

    @Test
    void aDayWithoutCountedRowsIsEmptied() {
        daily("pod_usage", DAY, "pod", "stale");
        refresh("pod_usage", DAY);
        assertThat(database.count("openshift_pod_usage_line_items_daily")).isZero();
    }

    private void refresh(String type, String day) {
        database.jdbc().queryForList("select caravan.refresh_daily_line_items(?, ?, ?::date)", source, type, day);
    }

    /** Daily rule of each column of a type that has one. */
    private Map<String, String> rules(String type) {
        Map<String, String> rules = new LinkedHashMap<>();
        database.jdbc()
                .query(
                        "select column_name, daily_rule from caravan.report_column where report_type = ? order by position",
                        row -> {
                            if (row.getString(2) == null) {
                                assertThat(OWN_RULE).contains(row.getString(1));
                            } else {
                                rules.put(row.getString(1), row.getString(2));
                            }
                        },
                        type);
        return rules;
    }

    /** Names and values: keys are equal in all rows, other texts are {@code attribute}, numbers {@code number}. */
    private Object[] values(String type, Map<String, String> rules, int number, String attribute) {
        List<Object> values = new ArrayList<>();
        rules.forEach((column, rule) -> {
            values.add(column);
            values.add(value(type, column, rule, number, attribute));
        });
        return values.toArray();
    }

    private Object value(String type, String column, String rule, int number, String attribute) {
        String kind = kind(type, column);
        if (rule.equals("key")) {
            return text(type, column, "key");
        }
        return switch (kind) {
            case "text" -> attribute;
            case "timestamp" -> "2025-11-%02dT00:00:00Z".formatted(number);
            default -> number;
        };
    }

    private Object text(String type, String column, String text) {
        return kind(type, column).equals("labels") ? "{\"k\":\"" + text + "\"}" : text;
    }

    /** One row of 2 and "aa", two of 3 and "bb". */
    private String expected(String type, String column, String rule) {
        Object value = value(type, column, rule, 3, "bb");
        if (rule.equals("sum")) {
            return "8";
        }
        return value instanceof String time && kind(type, column).equals("timestamp")
                ? time.replace("T", " ").replace("Z", "+00")
                : value.toString();
    }

    private String daily(String type, String column) {
        return database.text(
                "select " + column + " from openshift_" + type + "_line_items_daily where source = ?",
                source.toString());
    }

    private String kind(String type, String column) {
        return database.text(
                "select kind from caravan.report_column where report_type = ? and column_name = ?", type, column);
    }

    private static Object[] changed(Object[] namesAndValues, String name, Object value) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (namesAndValues[i].equals(name)) {
                namesAndValues[i + 1] = value;
            }
        }
        return namesAndValues;
    }
}
