package dev.caravan.openstack;

import dev.caravan.openshift.RowRejectedException;
import java.time.DateTimeException;
import java.time.LocalDate;

/**
 * Times as databases of OpenStack write them: {@code 2024-01-01 00:00:00}, with {@code T} for the space, with up to nine
 * decimals, with {@code Z} or {@code +00:00} behind it; a date alone is its midnight. All of them are UTC.
 *
 * <p>Read digit by digit: a table has millions of times, few of them twice.
 */
final class SiteTime {
    private static final String NO_TIME = "not-a-time";
    private static final int DATE = 10;
    private static final int SECONDS = 19;
    private static final int MICRO_DIGITS = 6;
    private static final int MOST_DIGITS = 9;
    private static final long MICROS = 1_000_000L;
    private static final int SECONDS_OF_DAY = 86_400;

    private SiteTime() {}

    /** Whether it is the day 0 of month 0 of year 0, which stands for none in MySQL. */
    static boolean isZero(String text) {
        return text.startsWith("0000-00-00");
    }

    /**
     * @return microseconds since 1970-01-01T00:00Z
     * @throws RowRejectedException {@code not-a-time}
     */
    static long micros(String text) {
        long days = date(text).toEpochDay();
        int length = text.length();
        if (length == DATE) {
            return days * SECONDS_OF_DAY * MICROS;
        }
        char separator = text.charAt(DATE);
        if (length < SECONDS
                || separator != 'T' && separator != ' '
                || text.charAt(13) != ':'
                || text.charAt(16) != ':') {
            throw new RowRejectedException(NO_TIME);
        }
        int hour = number(text, 11, 13);
        int minute = number(text, 14, 16);
        int second = number(text, 17, SECONDS);
        if (hour > 23 || minute > 59 || second > 59) {
            throw new RowRejectedException(NO_TIME);
        }
        int end = SECONDS;
        long fraction = 0;
        if (end < length && text.charAt(end) == '.') {
            end++;
            int digits = 0;
            while (end < length && isDigit(text.charAt(end)) && digits < MOST_DIGITS) {
                fraction = digits < MICRO_DIGITS ? fraction * 10 + text.charAt(end) - '0' : fraction;
                digits++;
                end++;
            }
            for (int missing = digits; missing < MICRO_DIGITS; missing++) {
                fraction *= 10;
            }
        }
        if (end < length && !isUtc(text, end)) {
            throw new RowRejectedException(NO_TIME);
        }
        return (days * SECONDS_OF_DAY + hour * 3600 + minute * 60 + second) * MICROS + fraction;
    }

    /**
     * The date that a time begins with.
     *
     * @throws RowRejectedException {@code not-a-time}
     */
    static LocalDate date(String text) {
        if (text.length() < DATE || text.charAt(4) != '-' || text.charAt(7) != '-') {
            throw new RowRejectedException(NO_TIME);
        }
        int year = number(text, 0, 4);
        if (year == 0) {
            throw new RowRejectedException(NO_TIME);
        }
        try {
            return LocalDate.of(year, number(text, 5, 7), number(text, 8, DATE));
        } catch (DateTimeException e) {
            throw new RowRejectedException(NO_TIME);
        }
    }

    private static boolean isUtc(String text, int from) {
        return text.startsWith("Z", from) && text.length() == from + 1
                || text.startsWith("+00:00", from) && text.length() == from + 6;
    }

    private static int number(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            char digit = text.charAt(i);
            if (!isDigit(digit)) {
                throw new RowRejectedException(NO_TIME);
            }
            number = number * 10 + digit - '0';
        }
        return number;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
