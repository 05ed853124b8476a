package dev.caravan.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.caravan.TestDatabase;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SummaryComparisonTest {
    private static final List<Map<String, Object>> S1 =
            SummaryComparison.readExpected(Path.of("src/test/resources/samples/openshift/S1"));

    @Test
    void aSummaryIsTheSameAsItselfInAnotherOrder() {
        List<Map<String, Object>> reversed = new ArrayList<>();
        S1.forEach(row -> reversed.add(0, row));

        assertThat(SummaryComparison.differences(S1, reversed)).isEmpty();
    }

    @Test
    void aMissingAnUnexpectedAndADoubledRowAreDifferences() {
        assertThat(SummaryComparison.differences(S1, S1.subList(1, S1.size())))
                .singleElement()
                .asString()
                .startsWith("missing row: usage_start=2025-11-03, data_source=Pod, namespace=Platform unallocated");
        List<Map<String, Object>> doubled = new ArrayList<>(S1);
        doubled.add(S1.get(3));
        assertThat(SummaryComparison.differences(S1, doubled))
                .singleElement()
                .asString()
                .startsWith("unexpected row");
    }

    @Test
    void everyKeyEveryLabelAndEveryNumberIsCompared() {
        for (String column : SummaryComparison.COLUMNS) {
            int position = 0;
            while (S1.get(position).get(column) == null) {
                position++;
            }
            assertThat(SummaryComparison.differences(S1, changed(position, column, null)))
                    .as(column)
                    .isNotEmpty();
        }
    }

    @Test
    void numbersMayDifferByABillionthOfTheirSize() {
        String column = "node_capacity_memory_gigabyte_hours";
        double value = (Double) S1.get(0).get(column);

        assertThat(SummaryComparison.differences(S1, changed(0, column, value * (1 + 0.9e-9))))
                .isEmpty();
        assertThat(SummaryComparison.differences(S1, changed(0, column, value * (1 + 1.1e-9))))
                .hasSize(1);
    }

    @Test
    void noNumberIsNotZero() {
        int position = 0;
        while (S1.get(position).get("pod_limit_cpu_core_hours") != null) {
            position++;
        }
        assertThat(SummaryComparison.differences(S1, changed(position, "pod_limit_cpu_core_hours", 0.0)))
                .hasSize(1);
    }

    @Test
    void theMessageNamesTheFirstDifferences() {
        assertThatThrownBy(() -> SummaryComparison.assertSame(S1, List.of()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("32 rows expected, 0 found, 32 differences")
                .hasMessageEndingWith("...");
    }

    @Test
    void aDatabasesSummaryIsReadWithoutOtherClustersAndCostRows() throws Exception {
        try (var database = TestDatabase.create();
                var connection = database.dataSource().getConnection();
                var statement = connection.createStatement()) {
            StringBuilder table = new StringBuilder("create schema org1; create table"
                    + " org1.reporting_ocpusagelineitem_daily_summary(cluster_id text, cost_model_rate_type text");
            for (String column : SummaryComparison.COLUMNS) {
                table.append(", ").append(column).append(' ').append(type(column));
            }
            statement.execute(table.append(')').toString());
            for (Map<String, Object> row : S1) {
                insert(connection, "c", null, row);
            }
            insert(connection, "other", null, S1.get(0));
            insert(connection, "c", "Infrastructure", S1.get(0));

            SummaryComparison.assertSame(S1, connection, "org1", "c");
        }
    }

    private static String type(String column) {
        return column.startsWith("usage_")
                ? "date"
                : column.equals("cost_category_id")
                        ? "int"
                        : SummaryComparison.LABELS.contains(column)
                                ? "jsonb"
                                : SummaryComparison.NUMBERS.contains(column) ? "numeric(33,15)" : "text";
    }

    private static void insert(Connection connection, String cluster, String rateType, Map<String, Object> row)
            throws Exception {
        StringBuilder sql = new StringBuilder("insert into org1.reporting_ocpusagelineitem_daily_summary values (?, ?");
        SummaryComparison.COLUMNS.forEach(column -> sql.append(", ?::text::").append(type(column)));
        try (var insert = connection.prepareStatement(sql.append(')').toString())) {
            insert.setString(1, cluster);
            insert.setString(2, rateType);
            int position = 3;
            for (String column : SummaryComparison.COLUMNS) {
                Object value = row.get(column);
                if (value instanceof Map<?, ?> labels) {
                    value = new ObjectMapper().writeValueAsString(labels);
                } else if (value instanceof Double number) {
                    value = BigDecimal.valueOf(number).toPlainString();
                } else if (column.equals("cost_category_id") && value != null) {
                    value = "7";
                }
                insert.setString(position++, (String) value);
            }
            insert.executeUpdate();
        }
    }

    private static List<Map<String, Object>> changed(int position, String column, Object value) {
        List<Map<String, Object>> rows = new ArrayList<>(S1);
        Map<String, Object> row = new LinkedHashMap<>(rows.get(position));
        row.put(column, value);
        rows.set(position, row);
        return rows;
    }
}
