package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import org.junit.jupiter.api.Test;

class QueueMoveFunctionTest extends FunctionTestBase {
    @Test
    void aMoveNamesTheContentAndWhereItGoes() {
        database.jdbc().queryForList("select caravan.queue_move('sha', 'bucket', 'org=1/x', 'etag', 'failed')");
        assertThat(database.rows("select kind, sha256, destination, message from org1234567.outbox"))
                .containsExactly(
                        "object-move|sha|bucket|{\"key\": \"org=1/x\", \"etag\": \"etag\", \"folder\": \"failed\"}");
    }
}
