package dev.caravan.openshift;

import java.time.YearMonth;

/** A row belongs to a month whose partition was not prepared: the load is rolled back and tried again with it. */
public final class MonthMissingException extends RuntimeException {
    public MonthMissingException(YearMonth month) {
        super("a row belongs to " + month + ", which the manifest does not mention", null, false, false);
    }
}
