package dev.caravan.payload;

import dev.caravan.ledger.Source;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * One payload on its way through the routes: where it came from, and, as it advances, its bytes, its source and what
 * became of it. An exchange carries it in the property {@code delivery}; it lives as long as that exchange.
 */
public final class Delivery {
    public static final String PROPERTY = "delivery";

    /** What became of a delivery. */
    public enum Outcome {
        LOADED,
        WAITING,
        DUPLICATE,
        EMPTY,
        OUTSIDE_RETENTION,
        QUARANTINED,
        /** Put aside, and nothing of it kept but the file. */
        REFUSED,
        FAILED
    }

    private final String origin;
    private final String organisation;
    private final String requestId;
    private final boolean again;
    private final Instant started = Instant.now();
    private final String message;
    private final StoredObject object;
    private Arrival arrival;

    private SpooledFile file;
    private Payload payload;
    private Source source;
    private String optimizationEvents;
    private final Set<YearMonth> months = new TreeSet<>();
    private int monthAttempts;
    private Map<String, Long> membersToLoad = Map.of();

    private Outcome outcome = Outcome.FAILED;
    private String reason = "";
    private String explanation = "";
    private final List<StagedReport> reports = new ArrayList<>();
    private String changedDays;
    private int daysSummarized;

    /**
     * @param origin where the payload came from, for people: path, topic/partition/offset or bucket/key
     * @param organisation organisation the sender named, or null
     * @param requestId the sender's; null for one that follows from the origin, so that a payload which comes again after a
     *     crash is answered under the same
     * @param again whether earlier loads of the same members are to be replaced
     */
    public Delivery(String origin, String organisation, String requestId, boolean again) {
        this(origin, organisation, requestId, again, null);
    }

    /** @param message text of the message that announced the payload, or null */
    public Delivery(String origin, String organisation, String requestId, boolean again, String message) {
        this(origin, organisation, requestId, again, message, null);
    }

    /** @param object of the intake bucket, to be moved once it is known what became of it */
    public Delivery(String origin, String organisation, String requestId, StoredObject object) {
        this(origin, organisation, requestId, false, null, object);
    }

    private Delivery(
            String origin, String organisation, String requestId, boolean again, String message, StoredObject object) {
        // A file name may hold anything; in a log or on a terminal it stays one line.
        this.origin = origin.replaceAll("\\p{Cntrl}", "?");
        this.organisation = organisation;
        this.requestId = requestId == null ? madeUp(origin) : requestId;
        this.again = again;
        this.message = message;
        this.object = object;
        this.arrival = object == null ? Arrival.UNKNOWN : Arrival.bucket(object);
    }

    /** As much of a message as is ever read, without what PostgreSQL's JSON cannot hold. */
    public static String textOf(byte[] message, int limit) {
        return new String(message, 0, Math.min(message.length, limit), StandardCharsets.UTF_8).replace("\u0000", "");
    }

    /** Notes how it came, in parts. */
    public Delivery arrivedAs(Arrival how) {
        arrival = how;
        return this;
    }

    public Arrival arrival() {
        return arrival;
    }

    private static String madeUp(String origin) {
        return UUID.nameUUIDFromBytes(origin.getBytes(StandardCharsets.UTF_8)).toString();
    }

    public String origin() {
        return origin;
    }

    public String organisation() {
        return organisation;
    }

    public String requestId() {
        return requestId;
    }

    public boolean again() {
        return again;
    }

    /** The message that announced the payload, its secrets included; null when none did. */
    public String message() {
        return message;
    }

    /** Null unless the payload came from the intake bucket. */
    public StoredObject object() {
        return object;
    }

    /** The original bytes; null until they were received, whole, and whatever they are. */
    public SpooledFile file() {
        return file;
    }

    void received(SpooledFile spooled) {
        file = spooled;
    }

    /** Null until the archive passed its checks. */
    public Payload payload() {
        return payload;
    }

    void checked(Payload checkedPayload) {
        payload = checkedPayload;
    }

    public Manifest manifest() {
        return payload == null ? null : payload.manifest();
    }

    /** Null until the source was found. */
    public Source source() {
        return source;
    }

    public void identified(Source found) {
        source = found;
    }

    /** Takes what is to be told of right-sizing reports that have been shipped. */
    public void shipped(String events) {
        optimizationEvents = events;
    }

    /** Array of events, as JSON; null unless reports were shipped. */
    public String optimizationEvents() {
        return optimizationEvents;
    }

    /** Months whose partitions the load needs. */
    public Set<YearMonth> months() {
        return months;
    }

    public int monthAttempts() {
        return monthAttempts;
    }

    /** Notes a month met in a row that was not prepared; the load is tried again with it. */
    public void missed(YearMonth month) {
        months.add(month);
        monthAttempts++;
    }

    /** Begins an attempt to load; what an earlier, rolled back one counted is void. */
    public void claimed(Map<String, Long> manifestFileByMember) {
        membersToLoad = new LinkedHashMap<>(manifestFileByMember);
        reports.clear();
        daysSummarized = 0;
    }

    /** Ledger number by member name; members that came before are not in it. */
    public Map<String, Long> membersToLoad() {
        return membersToLoad;
    }

    /** Takes what became of one member. */
    public void staged(StagedReport report) {
        reports.add(report);
    }

    /** What became of the members loaded in this attempt. */
    public List<StagedReport> reports() {
        return reports;
    }

    /** Takes the days whose counted rows changed, as JSON; null while the manifest is incomplete. */
    public void changed(String days) {
        changedDays = days;
    }

    /** {report_type: [day, ...]} or null. */
    public String changedDays() {
        return changedDays;
    }

    public void summarized(int days) {
        daysSummarized = days;
    }

    public void ended(Outcome how) {
        outcome = how;
    }

    public void quarantined(String reasonCode, String message) {
        outcome = Outcome.QUARANTINED;
        reason = reasonCode;
        explanation = message;
        reports.clear();
        daysSummarized = 0;
    }

    public Outcome outcome() {
        return outcome;
    }

    /** Folder that a dropped file or an object is moved to: failed when it was quarantined, else done. */
    public String folder() {
        return outcome == Outcome.QUARANTINED || outcome == Outcome.REFUSED ? "failed" : "done";
    }

    public String reason() {
        return reason;
    }

    public String explanation() {
        return explanation;
    }

    public long rowsLoaded() {
        return reports.stream().mapToLong(StagedReport::rowsLoaded).sum();
    }

    public long rowsRejected() {
        return reports.stream().mapToLong(StagedReport::rowsRejected).sum();
    }

    public int daysSummarized() {
        return daysSummarized;
    }

    public Duration elapsed() {
        return Duration.between(started, Instant.now());
    }
}
