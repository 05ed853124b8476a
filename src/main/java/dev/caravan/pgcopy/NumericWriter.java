package dev.caravan.pgcopy;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * Writes {@code numeric}: decimal digits in groups of four, aligned at the decimal point.
 *
 * <p>The fields are: number of groups, weight of the first group (as a power of 10,000), sign, decimal places shown.
 */
final class NumericWriter implements ValueWriter {
    private static final int NEGATIVE = 0x4000;
    private static final int GROUP = 10_000;

    // The server takes 3000 groups, the outer two not always full. Also keeps 1E+999999999 from filling the memory.
    private static final int MAX_DIGITS = 11_992;

    /** Any unscaled value of so many digits can be multiplied by 1000 within a long. */
    private static final int DIGITS_OF_SMALL = 15;

    @Override
    public void write(CopyBuffer out, Object value) {
        BigDecimal number = decimal(value);
        int scale = number.scale();
        if (Math.max(0L, (long) number.precision() - scale) + Math.max(0, scale) > MAX_DIGITS) {
            throw new IllegalArgumentException("more than " + MAX_DIGITS + " digits");
        }
        if (scale >= 0 && number.precision() <= DIGITS_OF_SMALL) {
            small(out, number.unscaledValue().longValue(), scale);
        } else {
            large(out, scale < 0 ? number.setScale(0) : number);
        }
    }

    private static BigDecimal decimal(Object value) {
        if (value instanceof BigDecimal decimal) {
            return decimal;
        }
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return BigDecimal.valueOf(((Number) value).longValue());
        }
        if (value instanceof Double real) {
            if (!Double.isFinite(real)) {
                throw new IllegalArgumentException(real + " is not a finite number");
            }
            return BigDecimal.valueOf(real);
        }
        if (value instanceof BigInteger integer) {
            return new BigDecimal(integer);
        }
        throw PgType.unfit("java.math.BigDecimal, BigInteger, Long, Integer, Short, Byte or Double", value);
    }

    private static void small(CopyBuffer out, long unscaled, int scale) {
        long aligned = Math.abs(unscaled);
        for (int places = scale; (places & 3) != 0; places++) {
            aligned *= 10;
        }
        int groups = 0;
        long unit = 1; // value of the first group's lowest digit
        for (long rest = aligned; rest != 0; rest /= GROUP) {
            unit = groups++ == 0 ? 1 : unit * GROUP;
        }
        head(out, groups, unscaled < 0, scale);
        for (; groups > 0; groups--, unit /= GROUP) {
            out.int16((int) (aligned / unit % GROUP));
        }
    }

    private static void large(CopyBuffer out, BigDecimal number) {
        String digits = number.unscaledValue().abs().toString() + "0".repeat(-number.scale() & 3);
        // The first group is the one that may have fewer than four digits.
        int groups = (digits.length() + 3) / 4;
        head(out, groups, number.signum() < 0, number.scale());
        int end = digits.length() - 4 * (groups - 1);
        for (int start = 0; start < digits.length(); start = end, end += 4) {
            out.int16(Integer.parseInt(digits, start, end, 10));
        }
    }

    private static void head(CopyBuffer out, int groups, boolean negative, int scale) {
        out.int32(8 + 2 * groups);
        out.int16(groups);
        out.int16(groups - (scale + 3) / 4 - 1);
        out.int16(negative ? NEGATIVE : 0);
        out.int16(scale);
    }
}
