package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import dev.caravan.database.ManifestFixture;
import org.junit.jupiter.api.Test;

class CountExpiredRowsFunctionTest extends FunctionTestBase {
    @Test
    void whatItCountsIsWhatGoes() {
        var manifest = new ManifestFixture(database, source, 1)
                .period("2025-11-03T00:00:00Z", "2025-11-03T23:59:59Z")
                .rows("pod_usage", "2025-11-03", 0, 4)
                .rows("node_labels", "2025-11-03", 0, 4)
                .load();
        manifest.complete();
        database.jdbc().update("insert into openshift_node_day values (?, '2025-11-03', 'n', 1, 1)", source.toString());
        database.jdbc()
                .update("insert into outbox (kind, destination, message, sent_at) values"
                        + " ('validation-reply', 't', '{}', '2025-10-31 23:00Z')");
        // manifest, two files, claim, two days, a node's day; a message
        assertThat(database.rows("select * from caravan.count_expired_rows('2025-12-01')"))
                .containsExactly("2025-10-01|1", "2025-11-01|7");
        assertThat(database.text("select caravan.forget_expired_rows(?, '2025-12-01', 100)", source))
                .isEqualTo("7");
        assertThat(database.text("select caravan.forget_sent_messages('2025-12-01', 100)"))
                .isEqualTo("1");
        assertThat(database.rows("select * from caravan.count_expired_rows('2025-12-01')"))
                .isEmpty();
    }
}
