package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import org.junit.jupiter.api.Test;

class QueueMessageFunctionTest extends FunctionTestBase {
    @Test
    void whatIsQueuedAgainIsCarriedOutAgainAndIsOneRow() {
        queue("sha", "{\"a\": 1}");
        queue(null, "{\"a\": 1}");
        queue("sha", "{\"a\": 2}");
        database.jdbc().update("update org1234567.outbox set sent_at = now(), next_attempt_at = 'infinity'");
        queue("sha", "{\"a\":1}");
        queue(null, "{\"a\": 1}");
        assertThat(
                        database.rows(
                                "select sha256, message, sent_at is null, next_attempt_at <= now() from org1234567.outbox order by outbox_id"))
                .containsExactly("sha|{\"a\": 1}|t|t", "|{\"a\": 1}|t|t", "sha|{\"a\": 2}|f|f");
    }

    private void queue(String sha256, String message) {
        database.jdbc()
                .queryForList("select caravan.queue_message('ros-event', ?, 'topic', ?::jsonb)", sha256, message);
    }
}
