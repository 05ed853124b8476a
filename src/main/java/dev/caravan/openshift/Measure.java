package dev.caravan.openshift;

/** Numbers of a report: decimal, not negative, bounded. */
public final class Measure {
    /** Greatest value of byte and byte-second columns. */
    static final double GREATEST_BYTES = 1e24;
    /** Greatest value of all other measures. */
    static final double GREATEST_NUMBER = 1e12;

    private static final String NO_NUMBER = "not-a-number";
    private static final double[] POWERS_OF_TEN = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
    };
    /** Integers up to 2^53 and powers up to 10^22 are exact, so one division rounds once, as parseDouble does. */
    private static final long GREATEST_EXACT = 1L << 53;

    private Measure() {}

    /**
     * @return the value, or null for an empty field
     * @throws RowRejectedException {@code not-a-number}, {@code negative-number} or {@code number-too-large}
     */
    public static Double parse(String text, double greatest) {
        if (text.isEmpty()) {
            return null;
        }
        double value = simple(text);
        if (Double.isNaN(value)) {
            value = general(text);
        }
        if (value < 0) {
            throw new RowRejectedException("negative-number");
        }
        if (value > greatest) {
            throw new RowRejectedException("number-too-large");
        }
        // -0 is 0
        return value + 0.0;
    }

    /** Digits with at most one point, as operators write them; NaN for anything that needs the general way. */
    private static double simple(String text) {
        long digits = 0;
        int decimals = 0;
        int zeros = 0;
        boolean behindPoint = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.' && !behindPoint && i > 0) {
                behindPoint = true;
            } else if (c < '0' || c > '9') {
                return Double.NaN;
            } else if (behindPoint && c == '0') {
                // Counts only once another digit follows: most byte-seconds end in .000000.
                zeros++;
            } else {
                if (behindPoint) {
                    decimals += zeros + 1;
                    if (decimals >= POWERS_OF_TEN.length || digits > GREATEST_EXACT / (long) POWERS_OF_TEN[zeros]) {
                        return Double.NaN;
                    }
                    digits *= (long) POWERS_OF_TEN[zeros];
                    zeros = 0;
                }
                digits = digits * 10 + (c - '0');
                if (digits > GREATEST_EXACT) {
                    return Double.NaN;
                }
            }
        }
        return decimals == 0 ? digits : digits / POWERS_OF_TEN[decimals];
    }

    /** Java also reads hexadecimal numbers, type suffixes and words; a report has none of them. */
    private static double general(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E') {
                throw new RowRejectedException(NO_NUMBER);
            }
        }
        try {
            double value = Double.parseDouble(text);
            if (Double.isInfinite(value)) {
                throw new RowRejectedException(value < 0 ? "negative-number" : "number-too-large");
            }
            return value;
        } catch (NumberFormatException e) {
            throw new RowRejectedException(NO_NUMBER);
        }
    }
}
