package dev.caravan.ledger;

import dev.caravan.payload.Delivery;
import dev.caravan.payload.Manifest;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.ExchangeProperty;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Makes the partitions a payload will need, each month in a short transaction of its own: made inside the load they would
 * block every reader and loader of the organisation until it ends.
 */
@Component("monthPartitions")
public final class MonthPartitions {
    private static final Pattern MONTH_IN_NAME = Pattern.compile("-(2\\d{3})(0[1-9]|1[0-2])\\d*\\.\\d+\\.csv$");

    private final JdbcTemplate database;
    private final Retention retention;

    public MonthPartitions(JdbcTemplate database, Retention retention) {
        this.database = database;
        this.retention = retention;
    }

    /** Makes the months the manifest speaks of, and those an earlier attempt to load met in the rows. */
    public void prepare(@ExchangeProperty(Delivery.PROPERTY) Delivery delivery) {
        for (YearMonth month : monthsOf(delivery.manifest())) {
            if (retention.holds(month)) {
                delivery.months().add(month);
            }
        }
        for (YearMonth month : delivery.months()) {
            database.queryForObject(
                    "select caravan.ensure_month(?, ?)",
                    Integer.class,
                    delivery.source().schema(),
                    month.atDay(1));
        }
    }

    /** Months of [start, end]; without them those in the names of the files, else that of the manifest's date. */
    private static Set<YearMonth> monthsOf(Manifest manifest) {
        Set<YearMonth> months = new TreeSet<>();
        if (manifest.start() != null && manifest.end() != null) {
            YearMonth last = YearMonth.from(manifest.end().atOffset(ZoneOffset.UTC));
            YearMonth month = YearMonth.from(manifest.start().atOffset(ZoneOffset.UTC));
            // No operator collects more than a few months; a longer span is met month by month, in its rows.
            for (int i = 0; i < 12 && !month.isAfter(last); i++, month = month.plusMonths(1)) {
                months.add(month);
            }
            return months;
        }
        for (String file : manifest.files()) {
            Matcher matcher = MONTH_IN_NAME.matcher(file);
            if (matcher.find()) {
                months.add(YearMonth.of(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))));
            }
        }
        if (months.isEmpty()) {
            months.add(YearMonth.from(manifest.date().atOffset(ZoneOffset.UTC)));
        }
        return months;
    }
}
