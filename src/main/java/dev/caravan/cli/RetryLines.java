package dev.caravan.cli;

import dev.caravan.openshift.MonthMissingException;
import org.apache.camel.Exchange;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.CamelEvent.ExchangeRedeliveryEvent;
import org.apache.camel.support.EventNotifierSupport;

/** Says why a payload takes longer: a line each time it is tried again. */
final class RetryLines extends EventNotifierSupport {
    private final IngestProgress progress;

    RetryLines(IngestProgress progress) {
        this.progress = progress;
    }

    @Override
    public void notify(CamelEvent event) {
        if (event instanceof ExchangeRedeliveryEvent retry) {
            Exception cause = retry.getExchange().getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
            // A month that was not prepared is no trouble worth a line.
            if (cause != null && !(cause instanceof MonthMissingException)) {
                progress.note("trying again (" + retry.getAttempt() + "): " + FailureLines.lineOf(cause));
            }
        }
    }

    @Override
    public boolean isEnabled(CamelEvent event) {
        return event instanceof ExchangeRedeliveryEvent;
    }
}
