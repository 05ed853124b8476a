package dev.caravan.ledger;

import dev.caravan.CaravanSettings;
import dev.caravan.ledger.QuarantineLedger.Totals;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Says when more lies in quarantine, or for longer, than the settings want; nothing is removed for it. */
@Component("quarantineAlert")
public final class QuarantineAlert {
    private static final Logger LOG = LoggerFactory.getLogger(QuarantineAlert.class);
    private static final String NEXT = ": see `quarantine list`, then replay or drop";

    private final QuarantineLedger ledger;
    private final Clock clock;
    private final CaravanSettings.Quarantine limits;

    public QuarantineAlert(QuarantineLedger ledger, Clock clock, CaravanSettings settings) {
        this.ledger = ledger;
        this.clock = clock;
        this.limits = settings.quarantine();
    }

    /** A line for each limit that is passed. */
    public List<String> lines() {
        Totals totals = ledger.totals();
        List<String> lines = new ArrayList<>();
        if (totals.bytes() > limits.alertBytes()) {
            lines.add("quarantine holds " + totals.bytes() + " bytes, more than caravan.quarantine.alert-bytes ("
                    + limits.alertBytes() + ")" + NEXT);
        }
        if (totals.oldest() != null) {
            Duration age = Duration.between(totals.oldest(), OffsetDateTime.now(clock));
            if (age.compareTo(limits.alertAge()) > 0) {
                lines.add("the oldest payload in quarantine came " + age(age)
                        + " ago, longer than caravan.quarantine.alert-age (" + age(limits.alertAge()) + ")" + NEXT);
            }
        }
        return lines;
    }

    /** What the timer calls. */
    public void warn() {
        lines().forEach(LOG::warn);
    }

    /** In the largest unit that fits, for example 3 h. */
    public static String age(Duration age) {
        if (age.toDays() > 0) {
            return age.toDays() + " d";
        }
        if (age.toHours() > 0) {
            return age.toHours() + " h";
        }
        return age.toMinutes() > 0 ? age.toMinutes() + " min" : Math.max(0, age.toSeconds()) + " s";
    }
}
