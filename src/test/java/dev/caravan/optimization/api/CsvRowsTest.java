package dev.caravan.optimization.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CsvRowsTest {
    private static final Units UNITS = new Units(Unit.CORES, Unit.BYTES, false);

    @Test
    void columnsAreTheThirtyEightOnesThatClientsKnow() {
        assertThat(String.join(",", CsvRows.header()))
                .isEqualTo(
                        "id,cluster_uuid,cluster_alias,container,project,workload,workload_type,last_reported,source_id,"
                                + "current_cpu_limit_amount,current_cpu_limit_format,"
                                + "current_memory_limit_amount,current_memory_limit_format,"
                                + "current_cpu_request_amount,current_cpu_request_format,"
                                + "current_memory_request_amount,current_memory_request_format,"
                                + "monitoring_end_time,recommendation_term,duration_in_hours,monitoring_start_time,recommendation_type,"
                                + "config_cpu_limit_amount,config_cpu_limit_format,"
                                + "config_memory_limit_amount,config_memory_limit_format,"
                                + "config_cpu_request_amount,config_cpu_request_format,"
                                + "config_memory_request_amount,config_memory_request_format,"
                                + "variation_cpu_limit_amount,variation_cpu_limit_format,"
                                + "variation_memory_limit_amount,variation_memory_limit_format,"
                                + "variation_cpu_request_amount,variation_cpu_request_format,"
                                + "variation_memory_request_amount,variation_memory_request_format");
        assertThat(CsvRows.header()).hasSize(38);
    }

    @Test
    void aRowHoldsWhatTheJsonHolds() {
        List<List<String>> rows = rows(StoredRecommendations.JSON);
        assertThat(rows).hasSize(2).allSatisfy(row -> assertThat(row).hasSize(38));
        assertThat(String.join(",", rows.get(0)))
                .isEqualTo(
                        "5b1a5d0e-3f6c-4d6e-8a83-0c6e0c1f2a3b,1b36b20f-7fa0-4454-a6d2-008294e06378,edge-1,web,shop,cart,"
                                + "deployment,2026-03-02 00:10:00 +0000 UTC,42,"
                                + "2.034,,,,1,,1073741824,bytes,"
                                + "2026-03-02 00:00:00 +0000 UTC,short_term,24.7,2026-03-01 00:00:00 +0000 UTC,cost,"
                                + "100.123,,536870912,bytes,0.064,,536870912,bytes,"
                                + "4822.468,percent,0,percent,-93.5,percent,-50,percent");
    }

    @Test
    void rowsComeInTheSameOrderHoweverOftenTheyAreMade() {
        String both = StoredRecommendations.JSON.replace(
                "\"monitoring_start_time\": \"0001-01-01T00:00:00Z\",",
                "\"recommendation_engines\": {\"performance\": {}, \"cost\": {}},");
        List<List<String>> first = rows(both);
        assertThat(first)
                .extracting(row -> row.get(18) + "/" + row.get(21))
                .containsExactly(
                        "short_term/cost", "short_term/performance", "medium_term/cost", "medium_term/performance");
        for (int run = 0; run < 20; run++) {
            assertThat(rows(both)).isEqualTo(first);
        }
    }

    @Test
    void amountsAreThoseOfTheJson() {
        for (String amount : List.of("2.034", "0.001", "100.123", "0.0009999", "1e-7", "536870912", "1000000000")) {
            JsonNode shown = ShownRecommendations.of(
                    StoredRecommendations.set(StoredRecommendations.JSON.replace("100.1239", amount), Map.of()), UNITS);
            String cell = CsvRows.of(StoredRecommendations.set("{}", Map.of()), shown)
                    .get(0)
                    .get(22);
            assertThat(new BigDecimal(cell))
                    .as(amount)
                    .isEqualByComparingTo(shown.at(
                                    "/recommendation_terms/short_term/recommendation_engines/cost/config/limits/cpu/amount")
                            .decimalValue());
            assertThat(cell).doesNotContain("E", "e");
        }
    }

    @Test
    void textsThatASpreadsheetWouldRunAreDisarmedAndNumbersAreNot() {
        var set = StoredRecommendations.set(StoredRecommendations.JSON, Map.of());
        var hostile = new RecommendationSet(
                set.id(),
                "@SUM(1)",
                "=cmd|' /C calc'!A0",
                "-42",
                null,
                "+shop",
                "\tcart",
                "deployment",
                "\rweb",
                set.recommendations(),
                new HashMap<>());
        List<String> row =
                CsvRows.of(hostile, ShownRecommendations.of(hostile, UNITS)).get(0);
        assertThat(row.subList(1, 9))
                .containsExactly(
                        "'@SUM(1)", "'=cmd|' /C calc'!A0", "'\rweb", "'+shop", "'\tcart", "deployment", "", "'-42");
        assertThat(row.get(34)).as("a number").isEqualTo("-93.5");
    }

    private static List<List<String>> rows(String recommendations) {
        var set = StoredRecommendations.set(recommendations, Map.of());
        return CsvRows.of(set, ShownRecommendations.of(set, UNITS));
    }
}
