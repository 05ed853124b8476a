package dev.caravan.cli;

import dev.caravan.openshift.MonthMissingException;
import java.io.PrintStream;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.CamelEvent.ExchangeRedeliveryEvent;
import org.apache.camel.support.EventNotifierSupport;

/** Says why a payload takes longer: a line each time it is tried again. */
final class RetryLines extends EventNotifierSupport {
    private final PrintStream err;

    RetryLines(PrintStream err) {
        this.err = err;
    }

    @Override
    public void notify(CamelEvent event) {
        if (event instanceof ExchangeRedeliveryEvent retry) {
            Exception cause = retry.getExchange().getProperty("CamelExceptionCaught", Exception.class);
            // A month that was not prepared is no trouble worth a line.
            if (cause != null && !(cause instanceof MonthMissingException)) {
                err.println(TextTable.printable(
                        "attempt " + retry.getAttempt() + " to try it again: " + FailureLines.lineOf(cause)));
            }
        }
    }

    @Override
    public boolean isEnabled(CamelEvent event) {
        return event instanceof ExchangeRedeliveryEvent;
    }
}
