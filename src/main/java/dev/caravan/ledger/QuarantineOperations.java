package dev.caravan.ledger;

import dev.caravan.PrintableText;
import dev.caravan.ledger.QuarantineLedger.Entry;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import org.apache.camel.api.management.ManagedOperation;
import org.apache.camel.api.management.ManagedResource;
import org.springframework.stereotype.Component;

/** The quarantine over JMX: what the commands do, and by the same code. */
@Component
@ManagedResource(description = "Looks at, replays and drops payloads of the quarantine")
public final class QuarantineOperations extends RouteOperations {
    private static final int MOST_LISTED = 1000;

    private final BoundedTransaction transaction;
    private final QuarantineLedger ledger;
    private final QuarantineBytes bytes;
    private final QuarantineReplays replays;
    private final QuarantineRemoval removal;
    private final Clock clock;

    public QuarantineOperations(
            BoundedTransaction transaction,
            QuarantineLedger ledger,
            QuarantineBytes bytes,
            QuarantineReplays replays,
            QuarantineRemoval removal,
            Clock clock) {
        super("watch-replays");
        this.transaction = transaction;
        this.ledger = ledger;
        this.bytes = bytes;
        this.replays = replays;
        this.removal = removal;
        this.clock = clock;
    }

    /**
     * Payloads in quarantine, newest first, a line each.
     *
     * @param reason of these only; empty for any
     * @param organisation of these only; empty for any
     * @param count 1 to 1000
     * @throws IllegalArgumentException when that cannot be asked for
     */
    @ManagedOperation(
            description = "Lists payloads in quarantine, newest first: reason and organisation, each empty for any, and"
                    + " how many at most, 1 to 1000")
    public String list(String reason, String organisation, int count) {
        if (count < 1 || count > MOST_LISTED) {
            throw new IllegalArgumentException(count + " cannot be listed: ask for 1 to " + MOST_LISTED);
        }
        List<Entry> entries = transaction.call(() -> ledger.list(orAny(reason), orAny(organisation), count));
        var now = OffsetDateTime.now(clock);
        return String.join(
                "\n",
                entries.stream()
                        .map(Entry::masked)
                        .map(entry -> line(entry, now))
                        .toList());
    }

    private static String orAny(String text) {
        return text == null || text.isBlank() ? null : text.strip();
    }

    private static String line(Entry entry, OffsetDateTime now) {
        return PrintableText.of(entry.id() + " " + entry.reason() + ", "
                + QuarantineAlert.age(Duration.between(entry.firstAt(), now)) + ", "
                + (entry.sizeBytes() == null ? "no" : entry.sizeBytes()) + " bytes, attempts " + entry.attempts()
                + ", organisation " + entry.organisation() + ", cluster " + entry.clusterId() + ", "
                + entry.origin() + ": " + entry.message());
    }

    /** @throws IllegalArgumentException when there is no such payload */
    @ManagedOperation(description = "Shows all that is known of a payload that is or was in quarantine: its number")
    public String show(long id) {
        var details = transaction.call(() -> ledger.find(id)).orElseThrow(() -> unknown(id));
        return String.join("\n", QuarantineView.of(details, bytes).lines());
    }

    /** @throws IllegalArgumentException when there is no such payload in quarantine, or nothing of it to replay */
    @ManagedOperation(description = "Has a payload of the quarantine loaded again, soon and by itself: its number")
    public String replay(long id) {
        return transaction.call(() -> {
            replays.request(id);
            return "payload " + id + " is replayed soon";
        });
    }

    /** @throws IllegalArgumentException when there is no such payload, or it is replayed just now */
    @ManagedOperation(description = "Deletes a payload of the quarantine for good, with its bytes: its number")
    public String drop(long id) {
        return switch (removal.drop(id)) {
            case DROPPED -> "payload " + id + " is dropped";
            case BYTES_NEEDED ->
                "payload " + id + " is dropped; its bytes stay, another payload in quarantine has the same";
            case REPLAYED ->
                throw new IllegalArgumentException(
                        "payload " + id + " is replayed just now: try again when that has ended");
            case GONE -> throw unknown(id);
        };
    }

    private static IllegalArgumentException unknown(long id) {
        return new IllegalArgumentException("no payload in quarantine has id " + id);
    }
}
