package dev.caravan.optimization;

import dev.caravan.payload.PoisonPayloadException;
import dev.caravan.payload.SpooledFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The reports of one event on their way through the routes. An exchange carries them in the property {@code reports}. */
public final class UsageReports {
    static final String PROPERTY = "reports";

    private final UsageEvent event;
    private final List<Report> files = new ArrayList<>();
    private final List<PoisonPayloadException> refused = new ArrayList<>();
    private long batch;
    private long rowsLoaded;
    private final Map<String, Long> rowsRejected = new TreeMap<>();
    private List<Workload> workloads = List.of();

    /** A downloaded file whose CSV can be read to its end. */
    public record Report(SpooledFile file, UsageReportType type) {}

    /**
     * A workload the reports were of.
     *
     * @param until end of its newest interval in them, ISO, UTC
     */
    record Workload(long id, String experiment, boolean namespace, String until) {}

    UsageReports(UsageEvent event) {
        this.event = event;
    }

    void add(Report report) {
        files.add(report);
    }

    /** Notes why a file cannot be read. */
    void refuse(String file, PoisonPayloadException reason) {
        refused.add(new PoisonPayloadException(reason.reason(), file + ": " + reason.getMessage(), reason));
    }

    UsageEvent event() {
        return event;
    }

    public List<Report> getFiles() {
        return files;
    }

    /** Why each of the other files cannot be read. */
    List<PoisonPayloadException> refused() {
        return refused;
    }

    /** Begins an attempt to store; what an earlier, rolled back one counted is void. */
    void begin(long number) {
        batch = number;
        rowsLoaded = 0;
        rowsRejected.clear();
        workloads = List.of();
    }

    long batch() {
        return batch;
    }

    void copied(UsageRows rows) {
        rowsLoaded += rows.accepted();
        rows.rejected().forEach((reason, count) -> rowsRejected.merge(reason, count, Long::sum));
    }

    void stored(List<Workload> found) {
        workloads = List.copyOf(found);
    }

    List<Workload> workloads() {
        return workloads;
    }

    long rowsLoaded() {
        return rowsLoaded;
    }

    /** By reason. */
    Map<String, Long> rowsRejected() {
        return rowsRejected;
    }
}
