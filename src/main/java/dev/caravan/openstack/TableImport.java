package dev.caravan.openstack;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * The replacement of one table of a site on its way through the routes. An exchange carries it in the property {@code
 * tableImport}; it lives as long as that exchange.
 */
public final class TableImport {
    public static final String PROPERTY = "tableImport";

    private final Site site;
    private final SiteTable table;
    private final String origin;
    private final Path file;
    private final Instant started = Instant.now();
    private SiteTableRows rows;

    /**
     * @param origin where the rows come from, for people; without an account
     * @param file with the rows, {@code .gz} being part of its origin; null when they come from a database
     */
    public TableImport(Site site, SiteTable table, String origin, Path file) {
        this.site = site;
        this.table = table;
        this.origin = origin;
        this.file = file;
    }

    public Site site() {
        return site;
    }

    public SiteTable table() {
        return table;
    }

    /** Camel's simple language asks for it. */
    public String getRawTable() {
        return table.rawTable();
    }

    public String origin() {
        return origin;
    }

    Path file() {
        return file;
    }

    /** Begins an attempt; what an earlier, rolled back one counted is void. */
    void begin(SiteTableRows found) {
        rows = found;
    }

    SiteTableRows rows() {
        return rows;
    }

    /** What became of it, once it is committed. */
    public TableOutcome outcome() {
        return new TableOutcome(table, origin, rows.stored(), rows.rejected(), elapsed(), null);
    }

    /** What became of it, when the site's database did not hand the table out. */
    public TableOutcome outcome(ExtractionFailure failure) {
        return new TableOutcome(table, origin, 0, 0, elapsed(), failure);
    }

    private Duration elapsed() {
        return Duration.between(started, Instant.now());
    }
}
