package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import dev.caravan.database.ManifestFixture;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ForgetExpiredRowsFunctionTest extends FunctionTestBase {
    private static final String COUNTS =
            """
            select
                (select count(*) from manifest), (select count(*) from manifest_file),
                (select count(*) from manifest_file_day), (select count(*) from payload_claim),
                (select count(*) from day_delivery), (select count(*) from openshift_node_day),
                (select count(*) from reporting_ocpusagereportperiod)
            """;

    @Test
    void allOfAnExpiredMonthGoesAndTheNextMonthStays() {
        fill(source, 1, "2025-11-03");
        fill(source, 2, "2025-12-03");
        assertThat(database.rows(COUNTS)).containsExactly("2|2|2|2|2|2|2");
        forget(source, 100);
        assertThat(database.rows(COUNTS)).containsExactly("1|1|1|1|1|1|1");
        assertThat(database.rows("select usage_start, owns from day_delivery")).containsExactly("2025-12-03|t");
    }

    @Test
    void otherSourcesStay() {
        UUID other = database.addSource("cluster-2");
        fill(other, 1, "2025-11-03");
        forget(source, 100);
        assertThat(database.rows(COUNTS)).containsExactly("1|1|1|1|1|1|1");
    }

    @Test
    void itGoesOnStepByStepUntilNothingIsLeft() {
        for (int number = 1; number <= 5; number++) {
            fill(source, number, "2025-11-0" + number);
        }
        int steps = 0;
        while (forget(source, 2) > 0) {
            steps++;
        }
        assertThat(steps).isEqualTo(3);
        assertThat(database.rows(COUNTS)).containsExactly("0|0|0|0|0|0|0");
    }

    @Test
    void payloadsRefusedAsTooOldAreForgottenOnceThatIsLongAgo() {
        database.jdbc()
                .update(
                        "insert into payload_claim (source, sha256, manifest_uuid, origin, outcome, claimed_at) values"
                                + " (?, 'old', gen_random_uuid(), 'test', 'outside-retention', '2025-11-30 23:59Z'),"
                                + " (?, 'new', gen_random_uuid(), 'test', 'outside-retention', '2025-12-01 00:00Z')",
                        source,
                        source);
        forget(source, 100);
        assertThat(database.rows("select sha256 from payload_claim")).containsExactly("new");
    }

    private void fill(UUID owner, int number, String day) {
        new ManifestFixture(database, owner, number)
                .period(day + "T00:00:00Z", day + "T23:59:59Z")
                .rows("pod_usage", day, 0, 2)
                .load()
                .complete();
        database.jdbc().update("insert into openshift_node_day values (?, ?::date, 'n', 1, 1)", owner.toString(), day);
        database.jdbc()
                .update(
                        "insert into reporting_ocpusagereportperiod (cluster_id, report_period_start, report_period_end, provider_id)"
                                + " values ('c', date_trunc('month', ?::timestamptz), now(), ?) on conflict do nothing",
                        day,
                        owner);
    }

    private long forget(UUID owner, int limit) {
        return Long.parseLong(database.text("select caravan.forget_expired_rows(?, '2025-12-01', ?)", owner, limit));
    }
}
