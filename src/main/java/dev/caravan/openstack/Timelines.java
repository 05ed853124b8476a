package dev.caravan.openstack;

import dev.caravan.CaravanSettings;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.apache.camel.ExchangeProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Which sites' timelines are to be built, and what for; build-timelines and watch-timelines call its steps. */
@Component("timelines")
public final class Timelines {
    private static final Logger LOG = LoggerFactory.getLogger(Timelines.class);

    private final JdbcTemplate database;
    private final CaravanSettings settings;
    private final Clock clock;

    public Timelines(JdbcTemplate database, CaravanSettings settings, Clock clock) {
        this.database = database;
        this.settings = settings;
        this.clock = clock;
    }

    /** Sites whose tables came after their timelines were built, and then nothing for a while; those waiting longest first. */
    public List<String> waiting() {
        return database.queryForList(
                """
                select site
                from openstack.site
                where (built_at < imported_at) is not false
                    and imported_at < now() - make_interval(secs => ? / 1000.0)
                order by imported_at
                """,
                String.class,
                settings.openstack().timelines().settleTime());
    }

    /**
     * Named parameters of the statements that build a site's timelines: from the first day set to today, UTC.
     *
     * @param site its key
     */
    public Map<String, Object> parameters(@ExchangeProperty("site") String site) {
        var now = clock.instant();
        LocalDate tomorrow = LocalDate.ofInstant(now, ZoneOffset.UTC).plusDays(1);
        return Map.of(
                "site",
                site,
                "workMem",
                settings.database().loadWorkMem(),
                "lockWait",
                (int) settings.database().lockWait().toSeconds(),
                "from",
                settings.openstack().timelines().firstDay() + "T00:00Z",
                "to",
                tomorrow + "T00:00Z",
                "now",
                now.toString());
    }

    /**
     * What there is of a site now.
     *
     * @param spans in which something counts
     * @param rejects rows that count nothing
     */
    public record Built(long spans, long rejects) {}

    /** Says that it was done, after the commit. */
    public Built report(@ExchangeProperty("site") String site) {
        var built = database.queryForObject(
                """
                select (select count(*) from openstack.span where site = s.site),
                    (select count(*) from openstack.span_reject where site = s.site)
                from openstack.site s
                where s.site = ?
                """,
                (row, number) -> new Built(row.getLong(1), row.getLong(2)),
                site);
        LOG.info("BUILT site={} spans={} rejects={}", site, built.spans(), built.rejects());
        return built;
    }
}
