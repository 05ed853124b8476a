package dev.caravan.optimization;

import dev.caravan.CaravanSettings;
import dev.caravan.CaravanSettings.Optimization.Engine;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Removes what right-sizing has of a source: its clusters with their workloads, metrics and recommendations. */
@Component
public final class WorkloadRemoval {
    private final JdbcTemplate database;
    private final boolean kruize;
    private final int rowsPerStep;

    public WorkloadRemoval(JdbcTemplate database, CaravanSettings settings) {
        this.database = database;
        this.kruize = settings.optimization().engine() == Engine.KRUIZE;
        this.rowsPerStep = settings.purge().rowsPerStep();
    }

    /**
     * Removes as much as one transaction is to remove, in that of the caller or in one of its own.
     *
     * @return rows removed; 0 when there is nothing left
     */
    public long removeSome(String organisation, long source) {
        return database.queryForObject(
                "select caravan.remove_workloads(?, ?, ?, ?)",
                Long.class,
                organisation,
                Long.toString(source),
                rowsPerStep,
                kruize);
    }

    /** Removes everything, step by step; returns the rows removed. */
    public long remove(String organisation, long source) {
        long total = 0;
        for (long rows = removeSome(organisation, source); rows > 0; rows = removeSome(organisation, source)) {
            total += rows;
        }
        return total;
    }

    /**
     * Organisations whose reports came for a source that is not registered here and never was removed from here.
     *
     * @param tenant id of the only organisation to look for, or name of its schema in a cost management service; null for all
     */
    public List<String> organisationsOfUnregistered(long source, String tenant) {
        return database.queryForList(
                """
                select distinct a.org_id
                from ros.clusters c
                join ros.rh_accounts a
                    on a.id = c.tenant_id
                where c.source_id = ?
                    and (?::text is null or ? in (a.org_id, 'org' || a.org_id, 'acct' || a.account))
                    and not exists (select from caravan.source where source_id = ?)
                order by a.org_id
                """,
                String.class,
                Long.toString(source),
                tenant,
                tenant,
                source);
    }
}
