package dev.caravan.optimization;

import dev.caravan.CaravanSettings;
import dev.caravan.ledger.Failures;
import dev.caravan.ledger.Source;
import dev.caravan.optimization.UsageReports.Report;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.commons.io.input.CloseShieldInputStream;
import org.apache.kafka.common.header.Headers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Right-sizing reports on their way in: told of by events, or members of a payload. */
@Component("usageEvents")
public final class UsageEvents {
    private static final Logger LOG = LoggerFactory.getLogger(UsageEvents.class);
    private static final String OWNER = "owner";

    private final Downloads downloads;
    private final PayloadSpool spool;
    private final FastCsvDataFormat csv;
    private final CaravanSettings settings;

    UsageEvents(Downloads downloads, PayloadSpool spool, FastCsvDataFormat csv, CaravanSettings settings) {
        this.downloads = downloads;
        this.spool = spool;
        this.csv = csv;
        this.settings = settings;
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
        Member member = members.get(Member.nameOf(entry));
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
