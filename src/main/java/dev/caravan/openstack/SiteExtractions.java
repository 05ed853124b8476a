package dev.caravan.openstack;

import dev.caravan.CaravanSettings;
import dev.caravan.ledger.ReplicaLock;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Takes the tables of sites from their databases; watch-sites and extract-tables call its steps in turn. */
@Component("siteExtractions")
public final class SiteExtractions {
    private static final Logger LOG = LoggerFactory.getLogger(SiteExtractions.class);

    private final SitesFile sites;
    private final JdbcTemplate database;
    private final ReplicaLock lock;
    private final Clock clock;
    private final Duration interval;
    /** Of this process: a database that was not to be had waits for its interval, too. */
    private final Map<String, Instant> tried = new HashMap<>();

    SiteExtractions(SitesFile sites, JdbcTemplate database, ReplicaLock lock, Clock clock, CaravanSettings settings) {
        this.sites = sites;
        this.database = database;
        this.lock = lock;
        this.clock = clock;
        this.interval = settings.openstack().extractInterval();
    }

    /** Sites with a database whose tables have not been asked for within the interval. */
    public synchronized List<SiteExtraction> due() {
        return sites.read().values().stream()
                .filter(site -> site.database().isPresent() && isDue(site))
                .map(site -> new SiteExtraction(site, outcome -> {}))
                .toList();
    }

    private boolean isDue(Site site) {
        Instant last = tried.getOrDefault(site.key(), Instant.MIN);
        return !last.isAfter(clock.instant().minus(interval)) && !extractedLately(site);
    }

    /** By whichever replica. */
    private boolean extractedLately(Site site) {
        return Boolean.TRUE.equals(database.queryForObject(
                """
                select exists (
                    select from openstack.table_import
                    where site = ?
                        and origin = ?
                        and imported_at > ?::timestamptz
                )
                """,
                Boolean.class,
                site.key(),
                site.database().orElseThrow().toString(),
                clock.instant().minus(interval).toString()));
    }

    /** Takes a site for this replica until the exchange ends; false when another one has it, or has had it meanwhile. */
    public synchronized boolean take(@Body SiteExtraction extraction, Exchange exchange) throws SQLException {
        Site site = extraction.site();
        if (!lock.take("caravan extraction " + site.key(), exchange) || extractedLately(site)) {
            return false;
        }
        tried.put(site.key(), clock.instant());
        return true;
    }

    /**
     * Opens a table at the site.
     *
     * @throws SiteDatabaseException when it cannot be had
     */
    public TextRows open(
            @Body SiteTable table,
            @ExchangeProperty(SiteExtraction.PROPERTY) SiteExtraction extraction,
            Exchange exchange) {
        exchange.setProperty(TableImport.PROPERTY, extraction.replacement(table));
        return extraction.read(table);
    }

    /** Passes on what became of a table that was replaced. */
    public void replaced(
            @ExchangeProperty(SiteExtraction.PROPERTY) SiteExtraction extraction,
            @ExchangeProperty(TableImport.PROPERTY) TableImport replacement) {
        extraction.tell(replacement.outcome());
    }

    /** Passes on why a table was not to be had. */
    public void failed(
            @ExchangeProperty(SiteExtraction.PROPERTY) SiteExtraction extraction,
            @ExchangeProperty(TableImport.PROPERTY) TableImport replacement,
            @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception caught) {
        Throwable cause = caught;
        while (!(cause instanceof SiteDatabaseException)) {
            cause = cause.getCause();
        }
        ExtractionFailure failure = ((SiteDatabaseException) cause).failure();
        String line = replacement.table().title() + " of site "
                + replacement.site().key() + " from " + replacement.origin() + ": " + failure;
        if (extraction.hasTold(failure)) {
            LOG.debug("{}", line);
        } else if (failure.kind() == ExtractionFailure.Kind.MISSING) {
            LOG.info("{}", line);
        } else {
            LOG.warn("{}; what was there before stays", line);
        }
        extraction.tell(replacement.outcome(failure));
    }
}
