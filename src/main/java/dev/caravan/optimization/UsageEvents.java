package dev.caravan.optimization;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.caravan.CaravanSettings;
import dev.caravan.CaravanSettings.Optimization.Engine;
import dev.caravan.optimization.UsageReports.Report;
import dev.caravan.optimization.UsageReports.Workload;
import dev.caravan.payload.Arrival;
import dev.caravan.payload.CsvTable;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.Downloads;
import dev.caravan.payload.FastCsvDataFormat;
import dev.caravan.payload.PayloadSpool;
import dev.caravan.payload.PoisonPayloadException;
import dev.caravan.payload.SpooledFile;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.support.DefaultMessage;
import org.apache.kafka.common.header.Headers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Events that tell of right-sizing reports; receive-ros-event and the routes below it call its steps in turn. */
@Component("usageEvents")
public final class UsageEvents {
    private static final Logger LOG = LoggerFactory.getLogger(UsageEvents.class);
    private static final Duration AHEAD = Duration.ofDays(1);

    private final Downloads downloads;
    private final PayloadSpool spool;
    private final FastCsvDataFormat csv;
    private final CaravanSettings settings;
    private final Clock clock;

    UsageEvents(Downloads downloads, PayloadSpool spool, FastCsvDataFormat csv, CaravanSettings settings, Clock clock) {
        this.downloads = downloads;
        this.spool = spool;
        this.csv = csv;
        this.settings = settings;
        this.clock = clock;
    }

    /** Describes any message, also one that tells of nothing. */
    public Delivery describe(
            @Body byte[] message,
            @Header(KafkaConstants.TOPIC) String topic,
            @Header(KafkaConstants.PARTITION) int partition,
            @Header(KafkaConstants.OFFSET) long offset,
            @Header(KafkaConstants.HEADERS) Headers headers) {
        byte[] bytes = message == null ? new byte[0] : message;
        int longest = settings.kafka().announcementBytes();
        String organisation = null;
        String requestId = null;
        try {
            UsageEvent event = UsageEvent.parse(bytes, longest);
            organisation = event.hasOrganisation() ? event.metadata().organisation() : null;
            requestId = event.hasRequestId() ? event.requestId() : null;
        } catch (PoisonPayloadException e) {
            // Said by receive, where it can be acted on.
        }
        return new Delivery(
                        "kafka " + topic + "/" + partition + "/" + offset,
                        organisation,
                        requestId,
                        false,
                        Delivery.textOf(bytes, longest))
                .arrivedAs(Arrival.usageEvent(topic, partition, offset, headers));
    }

    /**
     * Downloads the reports into the spool, and reads each once on the way: from then on a row may be at fault, but no file.
     * One step, so that another try downloads from the beginning.
     *
     * @throws PoisonPayloadException when the message tells of nothing, or what {@link Downloads} refuses
     * @throws dev.caravan.payload.DownloadRefusedException when the server does not hand a report out
     * @throws dev.caravan.payload.TransferFailedException when the server or the spool is away
     */
    public UsageReports receive(
            @Body byte[] message, @ExchangeProperty(Delivery.PROPERTY) Delivery delivery, Exchange exchange)
            throws IOException {
        UsageEvent event = UsageEvent.parse(
                message == null ? new byte[0] : message, settings.kafka().announcementBytes());
        event.check(settings.limits().files());
        List<Report> reports = new ArrayList<>();
        List<PoisonPayloadException> refused = new ArrayList<>();
        for (int number = 1; number <= event.files().size(); number++) {
            try {
                Report report = receive(event.files().get(number - 1), delivery, exchange);
                if (report != null) {
                    reports.add(report);
                }
            } catch (PoisonPayloadException e) {
                refused.add(new PoisonPayloadException(
                        e.reason(), "file " + number + " of " + event.files().size() + ": " + e.getMessage(), e));
            }
        }
        return new UsageReports(event, reports, refused);
    }

    /** Null for a report that is not to be read. */
    private Report receive(String address, Delivery delivery, Exchange exchange) throws IOException {
        List<UsageReportType> found = new ArrayList<>();
        List<SpooledFile> received = new ArrayList<>();
        downloads.download(
                address,
                delivery,
                exchange,
                body -> received.add(spool.receiveFile(body, exchange, bytes -> found.add(inspect(bytes)))));
        UsageReportType type = found.get(0);
        if (type == UsageReportType.NAMESPACE && !settings.optimization().namespaces()) {
            return null;
        }
        return new Report(received.get(0), type);
    }

    private UsageReportType inspect(InputStream bytes) {
        CsvTable table = csv.unmarshal(null, bytes);
        UsageReportType type = UsageReportType.detect(table.header())
                .orElseThrow(() -> new PoisonPayloadException(
                        "unknown-report",
                        "the CSV does not have all the required columns of a right-sizing report; it lacks "
                                + UsageReportType.missing(table.header()).stream()
                                        .limit(3)
                                        .collect(Collectors.joining(", "))));
        while (table.hasNext()) {
            table.next();
        }
        return type;
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
        delivery.ended(reports.rowsLoaded() == 0 ? Delivery.Outcome.EMPTY : Delivery.Outcome.LOADED);
    }

    /** Requests for the recommendations of what was stored, as messages for Kafka. */
    public List<Message> requests(
            @ExchangeProperty(Delivery.PROPERTY) Delivery delivery,
            @ExchangeProperty(UsageReports.PROPERTY) UsageReports reports,
            Exchange exchange)
            throws JsonProcessingException {
        List<Message> messages = new ArrayList<>();
        for (Workload workload : reports.workloads()) {
            var request = new RecommendationRequest(
                    delivery.requestId(),
                    new RecommendationRequest.Metadata(
                            reports.event().metadata().organisation(),
                            workload.id(),
                            workload.experiment(),
                            Instant.parse(workload.until()),
                            workload.namespace() ? RecommendationRequest.NAMESPACE : RecommendationRequest.CONTAINER));
            Message message = new DefaultMessage(exchange);
            message.setHeader(KafkaConstants.KEY, workload.experiment());
            message.setBody(request.toJson());
            messages.add(message);
        }
        return messages;
    }

    /** @throws PoisonPayloadException when a file of the event could not be read; the others are stored by now */
    public void complain(@ExchangeProperty(UsageReports.PROPERTY) UsageReports reports) {
        if (!reports.refused().isEmpty()) {
            throw reports.refused().get(0);
        }
    }
}
