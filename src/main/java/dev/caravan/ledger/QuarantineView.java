package dev.caravan.ledger;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.caravan.PrintableText;
import dev.caravan.SettingException;
import dev.caravan.ledger.QuarantineBytes.State;
import dev.caravan.ledger.QuarantineLedger.Details;
import dev.caravan.ledger.QuarantineLedger.Entry;
import dev.caravan.payload.Arrival;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * All that may be told of a payload that is or was in quarantine: what gives access in addresses is masked.
 *
 * @param storedAt where its original bytes were put; null when none were received, or once they were removed
 * @param stored whether they lie there, unaltered
 * @param storedState intact, missing, altered, unreachable, removed or none
 */
public record QuarantineView(
        @JsonUnwrapped Details details,
        String storedAt,
        boolean stored,
        String storedState,
        @JsonIgnore String storedText) {

    /** Reads the stored bytes to their end. */
    public static QuarantineView of(Details details, QuarantineBytes bytes) {
        Details masked = masked(details);
        if (details.bytes() == null) {
            boolean received = details.sha256() != null;
            return new QuarantineView(
                    masked,
                    null,
                    false,
                    received ? "removed" : "none",
                    received ? "no: removed, a replay settled it" : "no: none were received");
        }
        String address = bytes.address(details.bytes());
        try {
            State state = bytes.state(details.bytes(), details.sha256());
            return switch (state) {
                case INTACT -> new QuarantineView(masked, address, true, "intact", "yes, as " + address);
                case MISSING -> new QuarantineView(masked, address, false, "missing", "no: missing from " + address);
                case ALTERED ->
                    new QuarantineView(
                            masked, address, false, "altered", "no: altered, " + address + " has another SHA-256");
            };
        } catch (IOException | SdkException | SettingException e) {
            return new QuarantineView(
                    masked, address, false, "unreachable", "not known, as " + address + ": " + e.getMessage());
        }
    }

    /** A line for each thing known, then those of the stack. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        Entry entry = details.entry();
        line(lines, "id", entry.id());
        line(lines, "reason", entry.reason());
        line(lines, "message", entry.message());
        line(lines, "origin", entry.origin());
        arrival(lines, details.arrival());
        line(lines, "organisation", entry.organisation());
        line(lines, "cluster", entry.clusterId());
        line(lines, "request id", details.requestId());
        line(lines, "sha256", details.sha256());
        line(lines, "bytes", entry.sizeBytes());
        line(lines, "attempts", entry.attempts());
        line(lines, "first", entry.firstAt());
        line(lines, "last", entry.lastAt());
        line(lines, "stored", storedText);
        known(lines, "replay asked for", details.replayRequestedAt());
        known(lines, "settled by replay", details.resolvedAt());
        details.headers().forEach((name, value) -> line(lines, "header " + name, value));
        if (details.stack() != null) {
            lines.add("stack:");
            details.stack()
                    .lines()
                    .forEach(at -> lines.add((at.startsWith("\t") ? "    " : "  ") + PrintableText.of(at)));
        }
        return lines;
    }

    private static void arrival(List<String> lines, Arrival arrival) {
        known(lines, "came by", arrival.kind());
        known(lines, "topic", arrival.topic());
        known(lines, "partition", arrival.partition());
        known(lines, "offset", arrival.offset());
        if (arrival.object() != null) {
            line(lines, "bucket", arrival.object().bucket());
            line(lines, "key", arrival.object().key());
            line(lines, "etag", arrival.object().etag());
        }
        known(lines, "path", arrival.path());
        known(lines, "remote address", arrival.remoteAddress());
    }

    private static void known(List<String> lines, String name, Object value) {
        if (value != null) {
            line(lines, name, value);
        }
    }

    private static void line(List<String> lines, String name, Object value) {
        lines.add(PrintableText.of(name + ": " + (value == null ? "-" : value)));
    }

    private static Details masked(Details details) {
        Map<String, String> headers = new TreeMap<>();
        details.headers().forEach((name, value) -> headers.put(name, MaskedAddresses.in(value)));
        Arrival arrival = details.arrival();
        return new Details(
                details.entry().masked(),
                details.requestId(),
                details.sha256(),
                details.bytes(),
                details.replayRequestedAt(),
                details.resolvedAt(),
                new Arrival(
                        arrival.kind(),
                        arrival.topic(),
                        arrival.partition(),
                        arrival.offset(),
                        arrival.object(),
                        arrival.path(),
                        arrival.remoteAddress(),
                        Map.of()),
                headers,
                MaskedAddresses.in(details.stack()));
    }
}
