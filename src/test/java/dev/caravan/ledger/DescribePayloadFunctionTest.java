package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.database.FunctionTestBase;
import dev.caravan.database.ManifestFixture;
import org.junit.jupiter.api.Test;

class DescribePayloadFunctionTest extends FunctionTestBase {
    @Test
    void aPayloadNobodyTookIsNothing() {
        assertThat(database.text("select caravan.describe_payload('no such')")).isNull();
    }

    @Test
    void rowsAndDaysOfItsMembersAreCounted() throws Exception {
        var manifest = new ManifestFixture(database, source, 1)
                .rows("pod_usage", "2025-11-03", 0, 3)
                .rows("pod_usage", "2025-11-04", 0, 2)
                .rows("node_labels", "2025-11-03", 0, 1)
                .load();
        manifest.complete();
        database.jdbc().update("update manifest_file set rows_rejected = 4 where source = ?", source);
        JsonNode described = describe("sha of " + manifest.uuid() + "[pod_usage.csv, node_labels.csv]");
        assertThat(described.at("/rows_loaded").asInt()).isEqualTo(6);
        assertThat(described.at("/rows_rejected").asInt()).isEqualTo(8);
        assertThat(described.at("/days")).map(JsonNode::asText).containsExactly("2025-11-03", "2025-11-04");
        assertThat(described.at("/complete").asBoolean()).isTrue();
        assertThat(described.at("/missing_files").asInt()).isZero();
        assertThat(described.at("/request_id").asText()).isEqualTo("request");
        assertThat(described.at("/outcome").asText()).isEqualTo("loaded");
    }

    @Test
    void filesThatAreStillToComeAreCounted() throws Exception {
        var manifest = new ManifestFixture(database, source, 2)
                .rows("pod_usage", "2025-11-03", 0, 3)
                .listed("other.csv")
                .load();
        manifest.complete();
        JsonNode described = describe("sha of " + manifest.uuid() + "[pod_usage.csv]");
        assertThat(described.at("/complete").asBoolean()).isFalse();
        assertThat(described.at("/missing_files").asInt()).isOne();
    }

    @Test
    void aPayloadOutsideTheRetentionHasNoRows() throws Exception {
        database.jdbc()
                .update(
                        "insert into payload_claim (source, sha256, manifest_uuid, request_id, origin, outcome)"
                                + " values (?, 'old', gen_random_uuid(), 'request', 'a test', 'outside-retention')",
                        source);
        JsonNode described = describe("old");
        assertThat(described.at("/outcome").asText()).isEqualTo("outside-retention");
        assertThat(described.at("/rows_loaded").asInt()).isZero();
        assertThat(described.at("/days")).isEmpty();
        assertThat(described.at("/complete").asBoolean()).isTrue();
    }

    private JsonNode describe(String sha256) throws Exception {
        return JsonMapper.builder().build().readTree(database.text("select caravan.describe_payload(?)", sha256));
    }
}
