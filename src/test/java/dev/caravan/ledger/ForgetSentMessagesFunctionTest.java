package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import org.junit.jupiter.api.Test;

class ForgetSentMessagesFunctionTest extends FunctionTestBase {
    @Test
    void whatWasCarriedOutLongAgoGoesAndWhatWaitsStaysHoweverOldItIs() {
        database.jdbc()
                .update(
                        """
                        insert into outbox (kind, destination, message, created_at, sent_at) values
                        ('validation-reply', 't', '1', '2025-01-01', '2025-11-30 23:59Z'),
                        ('validation-reply', 't', '2', '2025-01-01', '2025-11-29'),
                        ('validation-reply', 't', '3', '2025-01-01', '2025-12-01 00:00Z'),
                        ('validation-reply', 't', '4', '2025-01-01', null)
                        """);
        assertThat(forget(1)).isEqualTo("1");
        assertThat(forget(10)).isEqualTo("1");
        assertThat(forget(10)).isEqualTo("0");
        assertThat(database.rows("select message from outbox order by 1")).containsExactly("3", "4");
    }

    @Test
    void eventsOfSourcesThatAreLongGoneGoWithoutHavingBeenSent() {
        database.jdbc()
                .update(
                        """
                        insert into caravan.outbox (kind, destination, message, created_at) values
                        ('source-event', 't', '1', '2025-11-30 23:59Z'),
                        ('source-event', 't', '2', '2025-12-01 00:00Z'),
                        ('validation-reply', 't', '3', '2025-01-01')
                        """);
        database.jdbc().execute("set local search_path to caravan, pg_temp");
        assertThat(forget(10)).isEqualTo("1");
        assertThat(database.rows("select message from outbox order by 1")).containsExactly("2", "3");
    }

    private String forget(int limit) {
        return database.text("select caravan.forget_sent_messages('2025-12-01', ?)", limit);
    }
}
