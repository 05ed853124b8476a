package dev.caravan.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.TestSettings;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How long a message is tried whose server does not hand its payload out. */
class DownloadPatienceTest {
    private static final long PATIENCE = 1000;
    private static final Instant START = Instant.parse("2026-10-05T00:00:00Z");

    private Instant now = START;
    private final DownloadPatience patience = new DownloadPatience(
            new Clock() {
                @Override
                public ZoneId getZone() {
                    return ZoneOffset.UTC;
                }

                @Override
                public Clock withZone(ZoneId zone) {
                    return this;
                }

                @Override
                public Instant instant() {
                    return now;
                }
            },
            TestSettings.with(Map.of("caravan.download.patience", PATIENCE)));

    @Test
    void messageIsTriedAsLongAsThereIsPatienceAndNoLonger() {
        fails("a", 0);
        fails("a", PATIENCE);
        givenUp("a", PATIENCE + 1);
        // Until it is settled: the quarantine may be away just now.
        givenUp("a", PATIENCE + 2);
    }

    @Test
    void firstDownloadMayItselfTakeTooLong() {
        now = START.plusMillis(PATIENCE + 1);
        assertThatThrownBy(() -> patience.failed("a", START, failure())).isInstanceOf(PoisonPayloadException.class);
    }

    @Test
    void messagesHaveTheirTimeEach() {
        fails("a", 0);
        fails("b", PATIENCE + 1);
    }

    @Test
    void successfulDownloadBeginsAnew() {
        fails("a", 0);
        patience.forget("a");
        fails("a", PATIENCE + 1);
    }

    private void fails(String origin, long milliseconds) {
        now = START.plusMillis(milliseconds);
        assertThatCode(() -> patience.failed(origin, now, failure())).doesNotThrowAnyException();
    }

    private void givenUp(String origin, long milliseconds) {
        now = START.plusMillis(milliseconds);
        assertThatThrownBy(() -> patience.failed(origin, now, failure()))
                .isInstanceOfSatisfying(PoisonPayloadException.class, e -> assertThat(e.reason())
                        .isEqualTo("download-timeout"));
    }

    private static DownloadFailedException failure() {
        return new DownloadFailedException("away");
    }
}
