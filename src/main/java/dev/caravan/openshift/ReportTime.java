package dev.caravan.openshift;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;

/**
 * Times as operators write them: {@code 2026-11-03 05:00:00 +0000 UTC}, also ISO with {@code T}, {@code Z} or no zone. All
 * of them are UTC; any other offset is refused.
 *
 * <p>A column has few distinct times on many rows, mostly that of the row before, so each text is parsed once. One
 * instance a column; not for concurrent use.
 */
public final class ReportTime {
    /** Enough for a year of hours with their ends; a hostile file only loses the cache. */
    private static final int CACHED = 20_000;

    private static final String NO_TIME = "not-a-time";

    private final Map<String, Long> cache = new HashMap<>();
    private String lastText;
    private long lastMicros;

    /**
     * @return microseconds since 1970-01-01T00:00Z
     * @throws RowRejectedException {@code not-a-time}
     */
    public long parse(String text) {
        if (text.equals(lastText)) {
            return lastMicros;
        }
        Long known = cache.get(text);
        if (known == null) {
            known = parseAnew(text);
            if (cache.size() >= CACHED) {
                cache.clear();
            }
            cache.put(text, known);
        }
        lastText = text;
        lastMicros = known;
        return known;
    }

    private static long parseAnew(String text) {
        String clock = text.strip();
        if (clock.length() > 40) {
            throw new RowRejectedException(NO_TIME);
        }
        for (String zone : new String[] {" +0000 UTC", " UTC", " +0000", "+0000", "+00:00", "Z"}) {
            if (clock.endsWith(zone)) {
                clock = clock.substring(0, clock.length() - zone.length());
                break;
            }
        }
        try {
            LocalDateTime time = LocalDateTime.parse(clock.replace(' ', 'T'));
            if (time.getYear() < 1 || time.getYear() > 9999) {
                // beyond what PostgreSQL and the ledger's ISO texts can hold
                throw new RowRejectedException(NO_TIME);
            }
            return Math.addExact(
                    Math.multiplyExact(time.toEpochSecond(ZoneOffset.UTC), 1_000_000L), time.getNano() / 1_000);
        } catch (DateTimeException | ArithmeticException e) {
            throw new RowRejectedException(NO_TIME);
        }
    }
}
