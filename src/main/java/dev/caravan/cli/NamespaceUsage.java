package dev.caravan.cli;

import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.ledger.Organisation;
import dev.caravan.ledger.Source;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.springframework.jdbc.core.JdbcTemplate;

/** The daily summary of a cluster as a table. */
final class NamespaceUsage {
    private static final int DECIMALS = 6;

    /** What is left of the nodes is no namespace's: the day's sum leaves it out and stands above it. */
    private static final String ROWS =
            """
            with figures as (
                select usage_start as day, namespace, namespace like '% unallocated' as unallocated,
                    coalesce(pod_usage_cpu_core_hours, 0) as cpu_usage,
                    coalesce(pod_request_cpu_core_hours, 0) as cpu_request,
                    coalesce(pod_effective_usage_cpu_core_hours, 0) as cpu_effective,
                    coalesce(pod_usage_memory_gigabyte_hours, 0) as memory_usage,
                    coalesce(persistentvolumeclaim_usage_gigabyte_months, 0) as storage_usage
                from reporting_ocpusagelineitem_daily_summary
                where source_uuid = ?
                    and namespace <> ''
            )
            select day, coalesce(namespace, 'all namespaces') as namespace,
                sum(cpu_usage), sum(cpu_request), sum(cpu_effective), sum(memory_usage), sum(storage_usage)
            from figures
            where ? or not unallocated
            group by grouping sets ((day, unallocated, namespace), (day, unallocated))
            having (namespace is null and not unallocated) or (namespace is not null and ?)
            order by day, unallocated, namespace collate "C" nulls last
            """;

    private final BoundedTransaction transaction;
    private final JdbcTemplate database;

    NamespaceUsage(BoundedTransaction transaction, JdbcTemplate database) {
        this.transaction = transaction;
        this.database = database;
    }

    /** @param byNamespace a row for each namespace and day, or only for each day */
    void print(PrintStream out, Source source, boolean byNamespace) {
        var table = new TextTable()
                .text("day (UTC)")
                .text("namespace")
                .number("core-h used")
                .number("requested")
                .number("effective")
                .number("GiB-h memory")
                .number("GiB-mo storage");
        var organisation = new Organisation(source.organisation(), source.schema());
        transaction.call(organisation, () -> {
            database.query(
                    ROWS,
                    row -> {
                        table.row(
                                row.getString(1),
                                row.getString(2),
                                shown(row.getBigDecimal(3)),
                                shown(row.getBigDecimal(4)),
                                shown(row.getBigDecimal(5)),
                                shown(row.getBigDecimal(6)),
                                shown(row.getBigDecimal(7)));
                    },
                    source.uuid(),
                    byNamespace,
                    byNamespace);
            return null;
        });
        out.println(
                source.alias() + " (" + source.clusterId() + "), daily summary" + (byNamespace ? " by namespace" : ""));
        table.print(out);
    }

    private static String shown(BigDecimal value) {
        return value.setScale(DECIMALS, RoundingMode.HALF_UP).toPlainString();
    }
}
