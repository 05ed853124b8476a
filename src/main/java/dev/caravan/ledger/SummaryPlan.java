package dev.caravan.ledger;

import dev.caravan.ledger.Resummarizing.StoredDay;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Days of a cluster to be summarised again because an operator asks for it.
 *
 * @param from first UTC day
 * @param to last UTC day
 * @param days the stored ones of them, ascending
 */
public record SummaryPlan(Source source, LocalDate from, LocalDate to, List<StoredDay> days) {
    /** Days that may be asked for at once. */
    public static final int MOST_DAYS = 366;

    /** What is wrong with a span of UTC days, both included; null when it can be asked for. */
    public static String problem(LocalDate from, LocalDate to) {
        if (from.isAfter(to)) {
            return from + " comes after " + to + ": exchange them";
        }
        long days = ChronoUnit.DAYS.between(from, to) + 1;
        return days <= MOST_DAYS
                ? null
                : from + " to " + to + " are " + days + " days, at most " + MOST_DAYS
                        + " go at once: ask in several goes";
    }

    public List<LocalDate> dates() {
        return days.stream().map(StoredDay::day).toList();
    }

    /** What it will cost. */
    public String announcement() {
        return "stored days to summarise again: " + days.size() + "; daily rows to be read: "
                + days.stream().mapToLong(StoredDay::dailyRows).sum();
    }

    /** For the record of what operators did. */
    public Map<String, Object> details() {
        var details = new LinkedHashMap<String, Object>();
        details.put("org", source.organisation());
        details.put("cluster", source.clusterId());
        details.put("from", from.toString());
        details.put("to", to.toString());
        details.put("days", days.size());
        return details;
    }
}
