package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import org.junit.jupiter.api.Test;

class QueueReplyFunctionTest extends FunctionTestBase {
    @Test
    void aReplyGoesIntoTheOutboxOfTheOrganisation() {
        reply("sha", "request-1", "success");
        assertThat(database.rows("select kind, sha256, destination, message, sent_at from org1234567.outbox"))
                .containsExactly(
                        "validation-reply|sha|topic|{\"request_id\": \"request-1\", \"validation\": \"success\"}|");
        assertThat(database.count("caravan.outbox")).isZero();
    }

    @Test
    void withoutAnOrganisationItGoesIntoTheCommonOutbox() {
        database.jdbc().execute("set local search_path to caravan, pg_temp");
        reply(null, "request-2", "failure");
        assertThat(database.rows("select kind, sha256, destination, message from caravan.outbox"))
                .containsExactly(
                        "validation-reply||topic|{\"request_id\": \"request-2\", \"validation\": \"failure\"}");
        assertThat(database.count("org1234567.outbox")).isZero();
    }

    private void reply(String sha256, String request, String validation) {
        database.jdbc().queryForList("select caravan.queue_reply(?, ?, 'topic', ?)", sha256, request, validation);
    }
}
