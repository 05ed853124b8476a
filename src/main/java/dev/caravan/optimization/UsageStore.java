package dev.caravan.optimization;

import dev.caravan.CaravanSettings;
import dev.caravan.CaravanSettings.Optimization.Engine;
import dev.caravan.optimization.UsageReports.Report;
import dev.caravan.optimization.UsageReports.Workload;
import dev.caravan.payload.CsvTable;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.PayloadSpool;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Brings right-sizing reports into the database; store-usage and stage-usage call its steps in turn. */
@Component("usageStore")
public final class UsageStore {
    private static final Logger LOG = LoggerFactory.getLogger(UsageStore.class);
    /** So far may an operator's clock be ahead of ours. */
    private static final Duration AHEAD = Duration.ofDays(1);

    private final PayloadSpool spool;
    private final CaravanSettings settings;
    private final Clock clock;

    UsageStore(PayloadSpool spool, CaravanSettings settings, Clock clock) {
        this.spool = spool;
        this.settings = settings;
        this.clock = clock;
    }

    /** Takes the number under which the rows are staged in the transaction that has begun. */
    public void begin(@Body Long number, @ExchangeProperty(UsageReports.PROPERTY) UsageReports reports) {
        reports.begin(number);
    }

    /** The bytes of one report. */
    public InputStream open(@Body Report report, Exchange exchange) throws IOException {
        return spool.openFile(report.file(), exchange);
    }

    /** The rows of one report. */
    public UsageRows rows(
            @Body CsvTable table,
            @ExchangeProperty("report") Report report,
            @ExchangeProperty(UsageReports.PROPERTY) UsageReports reports) {
        long end = clock.instant().plus(AHEAD).getEpochSecond();
        return new UsageRows(report.type(), table, reports.batch(), end);
    }

    /** Counts the rows of one report after they were copied. */
    public void copied(
            @ExchangeProperty("rows") UsageRows rows, @ExchangeProperty(UsageReports.PROPERTY) UsageReports reports) {
        reports.copied(rows);
    }

    /** Named parameters of the statements that store what was staged. */
    public Map<String, Object> parameters(@ExchangeProperty(UsageReports.PROPERTY) UsageReports reports) {
        UsageEvent event = reports.event();
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("workMem", settings.database().loadWorkMem());
        parameters.put("batch", reports.batch());
        parameters.put("organisation", event.metadata().organisation());
        parameters.put("account", event.account());
        parameters.put("source", event.metadata().sourceId());
        parameters.put("cluster", event.metadata().clusterUuid());
        parameters.put("alias", event.metadata().clusterAlias());
        parameters.put("remote", settings.optimization().engine() == Engine.KRUIZE);
        parameters.put("hours", (int) settings.optimization().refreshInterval().toHours());
        parameters.put(
                "workloads",
                reports.workloads().stream()
                        .map(workload -> Long.toString(workload.id()))
                        .collect(Collectors.joining(",", "{", "}")));
        return parameters;
    }

    /** Takes the workloads that store_usage answered. */
    public void stored(
            @Body List<Map<String, Object>> workloads, @ExchangeProperty(UsageReports.PROPERTY) UsageReports reports) {
        reports.stored(workloads.stream()
                .map(row -> new Workload(
                        (Long) row.get("workload_id"),
                        (String) row.get("experiment_name"),
                        (Boolean) row.get("is_namespace"),
                        (String) row.get("until")))
                .toList());
    }

    /** Says what was stored, after the commit. */
    public void report(
            @ExchangeProperty(Delivery.PROPERTY) Delivery delivery,
            @ExchangeProperty(UsageReports.PROPERTY) UsageReports reports) {
        UsageEvent.Metadata metadata = reports.event().metadata();
        long rejected = reports.rowsRejected().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        String outcome = "%s: rows=%d left-out=%d%s workloads=%d org=%s cluster=%s request=%s"
                .formatted(
                        delivery.origin(),
                        reports.rowsLoaded(),
                        rejected,
                        rejected == 0 ? "" : " " + reports.rowsRejected(),
                        reports.workloads().size(),
                        metadata.organisation(),
                        metadata.clusterUuid(),
                        delivery.requestId());
        if (reports.rowsLoaded() == 0) {
            LOG.warn("no valid rows in {}", outcome);
        } else {
            LOG.info("ANALYSED {}", outcome);
        }
        if (delivery.arrival().isUsageEvent()) {
            delivery.ended(reports.rowsLoaded() == 0 ? Delivery.Outcome.EMPTY : Delivery.Outcome.LOADED);
        }
    }
}
