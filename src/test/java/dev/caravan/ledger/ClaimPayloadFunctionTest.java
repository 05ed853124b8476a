package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.database.FunctionTestBase;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ClaimPayloadFunctionTest extends FunctionTestBase {
    private static final String CLAIM =
            "select caravan.claim_payload(?, ?, ?::jsonb, ?::jsonb, 'request-1', 'a test', ?, ?)::text";
    private static final String MANIFEST =
            """
            {"manifest_uuid": "0f1c2d3e-4a5b-4c6d-8e7f-001122334455", "cluster_id": "cluster-1",
             "manifest_date": "2025-11-05T00:00:00Z", "period_start": "2025-11-04T00:00:00Z", "period_end": null,
             "daily_reports": true, "additive": false, "version": "v1", "certified": true, "cr_status": {"a": 1},
             "files": ["a.csv", "b.csv"], "resource_optimization_files": ["ros.csv"]}
            """;
    private static final String A = "{\"name\": \"a.csv\", \"sha256\": \"aa\", \"size_bytes\": 10}";
    private static final String B = "{\"name\": \"b.csv\", \"sha256\": \"bb\", \"size_bytes\": 20}";
    private static final String ROS = "{\"name\": \"ros.csv\", \"sha256\": \"rr\", \"size_bytes\": 30}";
    private static final String EXTRA = "{\"name\": \"README\", \"sha256\": \"ee\", \"size_bytes\": 40}";

    @Test
    void theReportsAreToBeLoadedAndTheOthersAreOnRecord() throws Exception {
        JsonNode claim = claim("one", A, B, ROS, EXTRA);
        assertThat(claim.get("duplicate").booleanValue()).isFalse();
        assertThat(claim.get("members").fieldNames()).toIterable().containsExactlyInAnyOrder("a.csv", "b.csv");
        assertThat(database.rows(
                        "select name, role, status, sha256, payload_sha256, size_bytes, completed_at is not null from manifest_file where source = ? order by name",
                        source))
                .containsExactly(
                        "README|extra|kept|ee|one|40|t",
                        "a.csv|report|claimed|aa|one|10|f",
                        "b.csv|report|claimed|bb|one|20|f",
                        "ros.csv|resource-optimization|kept|rr|one|30|t");
        assertThat(claim.get("members").get("a.csv").longValue())
                .isEqualTo(Long.parseLong(database.text(
                        "select manifest_file from manifest_file where source = ? and name = 'a.csv'", source)));
    }

    @Test
    void theManifestIsKeptWithAllItsFields() throws Exception {
        claim("one", A);
        assertThat(database.rows(
                        "select manifest_uuid, cluster_id, manifest_date, period_start, period_end, daily_reports, additive, version, certified,"
                                + " cr_status, files, resource_optimization_files, completed_at from manifest where source = ?",
                        source))
                .containsExactly(
                        "0f1c2d3e-4a5b-4c6d-8e7f-001122334455|cluster-1|2025-11-05 00:00:00+00|2025-11-04 00:00:00+00||t|f|v1|t|"
                                + "{\"a\": 1}|{a.csv,b.csv}|{ros.csv}|");
    }

    @Test
    void theSameBytesAgainLoadNothingAndTheirEventsAreSentOnceMore() throws Exception {
        claim("one", A, B);
        database.jdbc()
                .update("insert into outbox (kind, sha256, destination, message, sent_at) values"
                        + " ('ros-event', 'one', 't', '{}', now()), ('validation-reply', 'one', 't', '{}', now()),"
                        + " ('ros-event', 'other', 't', '{}', now())");
        JsonNode again = claim("one", A, B);
        assertThat(again.get("duplicate").booleanValue()).isTrue();
        assertThat(again.get("members")).isEmpty();
        assertThat(database.rows("select sha256, kind, sent_at is null from outbox order by 1, 2"))
                .containsExactly("one|ros-event|t", "one|validation-reply|f", "other|ros-event|f");
        assertThat(database.count("manifest_file where source = ?", source)).isEqualTo(2);
    }

    @Test
    void aMemberThatCameInAnotherTarballIsNotLoadedAgain() throws Exception {
        claim("one", A);
        JsonNode second = claim("two", A, B);
        assertThat(second.get("duplicate").booleanValue()).isFalse();
        assertThat(second.get("members").fieldNames()).toIterable().containsExactly("b.csv");
        assertThat(database.rows("select name, payload_sha256 from manifest_file where source = ? order by 1", source))
                .containsExactly("a.csv|one", "b.csv|two");
    }

    @Test
    void aMemberWithOtherBytesIsAConflict() throws Exception {
        claim("one", A, ROS);
        assertThat(state("two", A.replace("aa", "ff"))).isEqualTo("CV001");
        assertThat(state("two", ROS.replace("rr", "ff"))).isEqualTo("CV001");
        assertThat(database.count("payload_claim where source = ?", source)).isOne();
    }

    @Test
    void anExtraMemberMayDiffer() throws Exception {
        claim("one", A, EXTRA);
        assertThat(claim("two", B, EXTRA.replace("ee", "ff")).get("members").fieldNames())
                .toIterable()
                .containsExactly("b.csv");
    }

    @Test
    void theManifestWithOtherFilesIsAConflict() throws Exception {
        claim("one", A);
        String other = MANIFEST.replace("\"b.csv\"]", "\"c.csv\"]");
        assertThat(database.stateOf(CLAIM, source, "two", other, "[" + A + "]", false, false))
                .isEqualTo("CV002");
        String more = MANIFEST.replace("\"b.csv\"]", "\"b.csv\", \"c.csv\"]");
        assertThat(database.stateOf(CLAIM, source, "two", more, "[" + A + "]", false, false))
                .isEqualTo("CV002");
        String reordered = MANIFEST.replace("\"a.csv\", \"b.csv\"", "\"b.csv\", \"a.csv\"");
        assertThat(database.stateOf(CLAIM, source, "two", reordered, "[" + A + "]", false, false))
                .isEqualTo("no error");
    }

    @Test
    void anotherSourceClaimsTheSameBytesForItself() throws Exception {
        claim("one", A, B);
        UUID other = database.addSource("cluster-2");
        JsonNode claim = JsonMapper.builder()
                .build()
                .readTree(database.text(CLAIM, other, "one", MANIFEST, "[" + A + "," + B + "]", false, false));
        assertThat(claim.get("duplicate").booleanValue()).isFalse();
        assertThat(claim.get("members")).hasSize(2);
    }

    @Test
    void aSourceRetiredMeanwhileTakesNothing() throws Exception {
        database.jdbc().update("update caravan.source set retired_at = now() where source_uuid = ?", source);
        assertThat(state("one", A)).isEqualTo("CV004");
        assertThat(database.count("payload_claim where source = ?", source)).isZero();
    }

    @Test
    void outsideRetentionOnlyTheClaimIsKept() throws Exception {
        JsonNode claim = claim("one", true, false, A, B);
        assertThat(claim.get("duplicate").booleanValue()).isFalse();
        assertThat(claim.get("members")).isEmpty();
        assertThat(database.rows(
                        "select outcome, request_id, origin, manifest_uuid from payload_claim where source = ?",
                        source))
                .containsExactly("outside-retention|request-1|a test|0f1c2d3e-4a5b-4c6d-8e7f-001122334455");
        assertThat(database.count("manifest where source = ?", source)).isZero();
        assertThat(claim("one", true, false, A, B).get("duplicate").booleanValue())
                .isTrue();
    }

    @Test
    void againForgetsTheEarlierLoadOfItsMembersOnly() throws Exception {
        long a = claim("one", A).get("members").get("a.csv").longValue();
        long b = claim("two", B).get("members").get("b.csv").longValue();
        JsonNode again = claim("one", false, true, A);
        assertThat(again.get("duplicate").booleanValue()).isFalse();
        assertThat(again.get("members").get("a.csv").longValue()).isNotEqualTo(a);
        assertThat(database.rows("select manifest_file from manifest_file where source = ? and name = 'b.csv'", source))
                .containsExactly(Long.toString(b));
    }

    @Test
    void againTakesAMemberThatWasCorrected() throws Exception {
        claim("one", A, B);
        assertThat(claim("two", false, true, A.replace("aa", "ff"), B).get("members"))
                .hasSize(2);
        assertThat(database.rows("select sha256 from manifest_file where source = ? and name = 'a.csv'", source))
                .containsExactly("ff");
    }

    @Test
    void aPayloadWithoutMembersIsClaimedToo() throws Exception {
        assertThat(claim("one").get("members")).isEmpty();
        assertThat(database.rows("select outcome from payload_claim where source = ?", source))
                .containsExactly("loaded");
    }

    private JsonNode claim(String sha256, String... members) throws Exception {
        return claim(sha256, false, false, members);
    }

    private JsonNode claim(String sha256, boolean outsideRetention, boolean again, String... members) throws Exception {
        String answer = database.text(
                CLAIM, source, sha256, MANIFEST, "[" + String.join(",", members) + "]", outsideRetention, again);
        return JsonMapper.builder().build().readTree(answer);
    }

    private String state(String sha256, String... members) throws Exception {
        return database.stateOf(CLAIM, source, sha256, MANIFEST, "[" + String.join(",", members) + "]", false, false);
    }
}
