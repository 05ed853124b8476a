package dev.caravan.openstack;

import java.util.List;
import java.util.function.Consumer;

/**
 * The tables of a site on their way from its database. An exchange carries it in the property {@code extraction}; not for
 * concurrent use.
 */
public final class SiteExtraction {
    static final String PROPERTY = "extraction";

    private final Site site;
    private final SiteDatabase database;
    private final Consumer<TableOutcome> outcomes;
    private SiteDatabaseException unreachable;
    private ExtractionFailure told;

    /**
     * @param site one with a database
     * @param outcomes told what became of each table
     */
    public SiteExtraction(Site site, Consumer<TableOutcome> outcomes) {
        this.site = site;
        this.database = site.database().orElseThrow();
        this.outcomes = outcomes;
    }

    /** All that are read of a site. */
    public List<SiteTable> getTables() {
        return List.of(SiteTable.values());
    }

    Site site() {
        return site;
    }

    TableImport replacement(SiteTable table) {
        return new TableImport(site, table, database.toString(), null);
    }

    /** @throws SiteDatabaseException the same for all further tables once there was no connection to be had */
    TextRows read(SiteTable table) {
        if (unreachable != null) {
            throw unreachable;
        }
        try {
            return database.read(table);
        } catch (SiteDatabaseException e) {
            unreachable = e.unreachable() ? e : null;
            throw e;
        }
    }

    /** Whether the table before failed for the very same reason. */
    boolean hasTold(ExtractionFailure failure) {
        return failure.equals(told);
    }

    void tell(TableOutcome outcome) {
        told = outcome.failure();
        outcomes.accept(outcome);
    }
}
