package dev.caravan.optimization.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigDecimal;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShownRecommendationsTest {
    private static final JsonMapper PLAIN_NUMBERS = JsonMapper.builder()
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();
    private static final Units PLAIN = new Units(Unit.CORES, Unit.BYTES, false);
    private static final String SHORT = "/recommendation_terms/short_term";
    private static final String COST = SHORT + "/recommendation_engines/cost";

    @ParameterizedTest
    @CsvSource({
        "CORES, 2.034, 2.034",
        "CORES, 0.001, 0.001",
        "CORES, 0.0009, 0.000",
        "CORES, -0.9358, -0.935",
        "CORES, 100.1239, 100.123",
        "MILLICORES, 0.0641, 64",
        "MILLICORES, 0.0005, 1",
        "MILLICORES, -0.0005, -1",
        "BYTES, 536870912, 536870912",
        "MIB, 1152385, 1.09",
        "MIB, 3146804, 3.00",
        "MIB, -555755520, -530.00",
        "GIB, 1073741824, 1.00",
        "GIB, 517986304, 0.48"
    })
    void anAmountIsCutToItsUnit(Unit unit, BigDecimal stored, BigDecimal shown) {
        assertThat(unit.of(stored)).isEqualByComparingTo(shown);
    }

    @ParameterizedTest
    @CsvSource({
        "CORES, BYTES, false, '', bytes, 2.034, 536870912",
        "CORES, BYTES, true, cores, bytes, 2.034, 536870912",
        "MILLICORES, MIB, false, m, Mi, 2034, 512",
        "MILLICORES, MIB, true, millicores, MiB, 2034, 512",
        "CORES, GIB, false, '', Gi, 2.034, 0.5"
    })
    void unitsAreNamedAsKubernetesWritesThemUnlessInFull(
            Unit cpu, Unit memory, boolean full, String cpuName, String memoryName, double limit, double recommended) {
        JsonNode shown = shown(Map.of(), new Units(cpu, memory, full));
        assertThat(shown.at("/current/limits/cpu/format").asText()).isEqualTo(cpuName);
        assertThat(shown.at("/current/limits/cpu/amount").asDouble()).isEqualTo(limit);
        assertThat(shown.at(COST + "/config/requests/memory/format").asText()).isEqualTo(memoryName);
        assertThat(shown.at(COST + "/config/requests/memory/amount").asDouble()).isEqualTo(recommended);
        assertThat(shown.at("/current/limits/memory")).as("there is none").isEmpty();
    }

    @Test
    void memoryInBytesStaysWhatItIs() {
        assertThat(shown(Map.of(), PLAIN).at(COST + "/config/requests/memory").toString())
                .isEqualTo("{\"amount\":536870912,\"format\":\"bytes\"}");
    }

    @Test
    void boxPlotsAreConvertedLikeEverythingElse() throws JsonProcessingException {
        JsonNode plots =
                shown(Map.of(), new Units(Unit.MILLICORES, Unit.MIB, false)).at(SHORT + "/plots");
        assertThat(PLAIN_NUMBERS.writeValueAsString(plots))
                .isEqualTo("{\"datapoints\":4,\"plots_data\":{\"2026-03-01T06:00:00.000Z\":{"
                        + "\"cpuUsage\":{\"min\":100,\"q1\":200,\"median\":300,\"q3\":300,\"max\":500,\"format\":\"m\"},"
                        + "\"memoryUsage\":{\"q1\":1,\"median\":1.5,\"q3\":2,\"max\":3,\"format\":\"Mi\"}},"
                        + "\"2026-03-01T12:00:00.000Z\":{}}}");
    }

    @Test
    void storedPercentagesAreShownWhereTheyAreKnownAndLimitsAreComputed() throws JsonProcessingException {
        var known = new Variation("cpu", "short", "cost");
        JsonNode variation =
                shown(Map.of(known, new BigDecimal("-93.5000")), PLAIN).at(COST + "/variation");
        assertThat(PLAIN_NUMBERS.writeValueAsString(variation))
                .isEqualTo("{\"requests\":{\"cpu\":{\"amount\":-93.5,\"format\":\"percent\"},"
                        + "\"memory\":{\"amount\":-50,\"format\":\"percent\"}},"
                        // 98.089 of 2.034
                        + "\"limits\":{\"cpu\":{\"amount\":4822.468,\"format\":\"percent\"},"
                        + "\"memory\":{\"amount\":0,\"format\":\"percent\"}}}");
    }

    @Test
    void withoutStoredPercentagesThoseOfRequestsAreComputedToo() {
        JsonNode variation = shown(Map.of(), PLAIN).at(COST + "/variation");
        assertThat(variation.at("/requests/cpu/amount").asDouble()).isEqualTo(-93.5);
        assertThat(shown(Map.of(), new Units(Unit.MILLICORES, Unit.BYTES, false))
                        .at(COST + "/variation/requests/cpu/amount")
                        .asDouble())
                .as("from the amounts as they are shown")
                .isEqualTo(-93.6);
    }

    @Test
    void noticesAreShownOnlyWhereAllOfThemSayThereIsNothingToGain() {
        JsonNode shown = shown(Map.of(), PLAIN);
        assertThat(shown.has("notifications")).isFalse();
        assertThat(shown.at(SHORT).has("notifications")).isFalse();
        assertThat(shown.at(COST + "/notifications").fieldNames()).toIterable().containsExactly("323004");
        assertThat(shown.at(SHORT + "/recommendation_engines/performance").has("notifications"))
                .isFalse();
    }

    @Test
    void durationIsCutToADecimalAndAStartThatNeverWasIsLeftOut() {
        JsonNode shown = shown(Map.of(), PLAIN);
        assertThat(shown.at(SHORT + "/duration_in_hours").asDouble()).isEqualTo(24.7);
        assertThat(shown.at(SHORT + "/monitoring_start_time").asText()).isEqualTo("2026-03-01T00:00:00Z");
        assertThat(shown.at("/recommendation_terms/medium_term").toString()).isEqualTo("{\"duration_in_hours\":24.7}");
        assertThat(shown.at("/recommendation_terms/long_term").toString()).isEqualTo("{}");
    }

    private static JsonNode shown(Map<Variation, BigDecimal> percentages, Units units) {
        return ShownRecommendations.of(StoredRecommendations.set(StoredRecommendations.JSON, percentages), units);
    }
}
