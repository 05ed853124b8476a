package dev.caravan.optimization;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.caravan.CaravanSettings;
import dev.caravan.CaravanSettings.Optimization.Engine;
import dev.caravan.ledger.Failures;
import dev.caravan.ledger.Source;
import dev.caravan.optimization.UsageReports.Report;
import dev.caravan.optimization.UsageReports.Workload;
import dev.caravan.payload.Arrival;
import dev.caravan.payload.CsvTable;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.Downloads;
import dev.caravan.payload.FastCsvDataFormat;
import dev.caravan.payload.Member;
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
import org.apache.commons.io.input.CloseShieldInputStream;
import org.apache.kafka.common.header.Headers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Events that tell of right-sizing reports; receive-ros-event and the routes below it call its steps in turn. */
@Component("usageEvents")
public final class UsageEvents {
    private static final Logger LOG = LoggerFactory.getLogger(UsageEvents.class);
    private static final String OWNER = "owner";
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
        UsageReports reports = new UsageReports(event);
        for (int number = 1; number <= event.files().size(); number++) {
            String address = event.files().get(number - 1);
            receive(
                    "file " + number + " of " + event.files().size(),
                    reports,
                    inspection -> download(address, delivery, exchange, inspection));
        }
        return reports;
    }

    /**
     * The same for the right-sizing reports among the members of a payload, which come one after the other. What is received
     * of them stays until this exchange ends, and not that of a member.
     */
    public UsageReports gather(@ExchangeProperty(Delivery.PROPERTY) Delivery delivery, Exchange exchange) {
        exchange.setProperty(OWNER, exchange);
        Source source = delivery.source();
        return new UsageReports(new UsageEvent(
                delivery.requestId(),
                null,
                new UsageEvent.Metadata(
                        null, source.organisation(), Long.toString(source.id()), source.clusterId(), source.alias()),
                List.of()));
    }

    /** Receives the member that the split stands at, when it is one of them. */
    public void receiveMember(
            @Body InputStream content,
            @Header(Exchange.FILE_NAME) String entry,
            @ExchangeProperty("files") Map<String, Member> members,
            @ExchangeProperty(UsageReports.PROPERTY) UsageReports reports,
            @ExchangeProperty(OWNER) Exchange owner)
            throws IOException {
        Member member = members.get(entry.startsWith("./") ? entry.substring(2) : entry);
        if (member != null) {
            // The members behind it are in the same stream.
            InputStream rest = CloseShieldInputStream.wrap(content);
            receive(member.name(), reports, inspection -> spool.receiveFile(rest, owner, inspection));
        }
    }

    /** Has a file received; the inspection sees it on its way. */
    private interface Reception {
        SpooledFile receive(PayloadSpool.Inspection inspection) throws IOException;
    }

    private void receive(String name, UsageReports reports, Reception reception) throws IOException {
        List<UsageReportType> found = new ArrayList<>();
        try {
            SpooledFile file = reception.receive(bytes -> found.add(inspect(bytes)));
            UsageReportType type = found.get(0);
            if (type == UsageReportType.CONTAINER || settings.optimization().namespaces()) {
                reports.add(new Report(file, type));
            }
        } catch (PoisonPayloadException e) {
            reports.refuse(name, e);
        }
    }

    private SpooledFile download(
            String address, Delivery delivery, Exchange exchange, PayloadSpool.Inspection inspection)
            throws IOException {
        List<SpooledFile> received = new ArrayList<>();
        downloads.download(
                address, delivery, exchange, body -> received.add(spool.receiveFile(body, exchange, inspection)));
        return received.get(0);
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
        if (delivery.arrival().isUsageEvent()) {
            delivery.ended(reports.rowsLoaded() == 0 ? Delivery.Outcome.EMPTY : Delivery.Outcome.LOADED);
        }
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

    /**
     * Deals with files that could not be read; the others are stored by now. An event is kept for them. A payload is not: its
     * costs are in.
     *
     * @throws PoisonPayloadException when a file of an event could not be read
     */
    public void complain(
            @ExchangeProperty(Delivery.PROPERTY) Delivery delivery,
            @ExchangeProperty(UsageReports.PROPERTY) UsageReports reports) {
        for (PoisonPayloadException refused : reports.refused()) {
            if (delivery.arrival().isUsageEvent()) {
                throw refused;
            }
            LOG.warn(
                    "no right-sizing for a file of {}: {}: {}",
                    delivery.origin(),
                    refused.reason(),
                    Failures.messageOf(refused));
        }
    }
}
