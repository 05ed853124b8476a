package dev.caravan.oracle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * Which rows of a cluster's payloads count.
 *
 * <ul>
 *   <li>A payload whose bytes came before brings nothing. A file of a manifest that came before, in whatever tarball,
 *       is read over; the same name with other bytes turns the whole payload away.
 *   <li>A manifest is complete when all of its {@code files} are there. Until then nothing of it counts, but for what is there
 *       of one that was declared incomplete: that counts like a complete one's, where no complete one has anything.
 *   <li>Of the complete manifests with a row of a report type on a day, one owns that type and day: the one with more
 *       hours; then the later one; then the one with the greater uuid. Its rows count, the others' do not.
 *   <li>The hours of a manifest and day are those of its start and end that fall on the day, rounded up. Where that is
 *       none, they are the different {@code interval_start} of its pod rows on that day, or, without any, of the rows
 *       of the type in question.
 *   <li>A manifest of an operator that does not send daily reports but says its version adds: it owns nothing, and its
 *       rows count for the hours the owner has no row of that type for. Incomplete it counts for nothing, declared or not.
 * </ul>
 */
public final class NaiveDelivery {
    /** Stands among the payloads where all manifests of which files are missing are declared incomplete. */
    public static final Path DECLARATION = Path.of("declaration");

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What became of a payload. */
    public enum Outcome {
        LOADED,
        DUPLICATE,
        MEMBER_CONFLICT
    }

    public record TypeDay(ReportKind kind, LocalDate day) implements Comparable<TypeDay> {
        @Override
        public int compareTo(TypeDay other) {
            return Comparator.comparing(TypeDay::day)
                    .thenComparing(TypeDay::kind)
                    .compare(this, other);
        }
    }

    /** Who owns a type and day, with the hours it won by. */
    public record Owner(String manifest, int hours) {}

    private record Manifest(
            String uuid,
            String clusterId,
            Instant date,
            Instant start,
            Instant end,
            boolean additive,
            Set<String> files,
            Map<String, String> arrived,
            Map<TypeDay, List<NaiveRow>> rows) {

        boolean complete() {
            return arrived.keySet().containsAll(files);
        }
    }

    private record Candidate(Manifest manifest, int hours) {}

    private final Instant earliest;
    private final Instant latest;
    private final Map<Path, Outcome> outcomes = new LinkedHashMap<>();
    private final Map<String, Manifest> manifests = new TreeMap<>();
    private final Set<String> declared = new TreeSet<>();
    private final Map<String, Integer> rejected = new TreeMap<>();
    private final Map<TypeDay, Owner> owners = new TreeMap<>();
    private final Map<TypeDay, List<NaiveRow>> counted = new TreeMap<>();

    private NaiveDelivery(Instant earliest, Instant latest) {
        this.earliest = earliest;
        this.latest = latest;
    }

    /** Payloads of one cluster in the order they came in; rows of any time are accepted. */
    public static NaiveDelivery of(List<Path> payloads) {
        return of(payloads, Instant.MIN, Instant.MAX);
    }

    /** The same, with only the rows that start at {@code earliest} or later and before {@code latest}. */
    public static NaiveDelivery of(List<Path> payloads, Instant earliest, Instant latest) {
        var delivery = new NaiveDelivery(earliest, latest);
        Set<String> digests = new HashSet<>();
        for (Path payload : payloads) {
            if (payload.equals(DECLARATION)) {
                delivery.declareIncomplete();
            } else {
                delivery.outcomes.put(payload, delivery.load(payload, digests));
            }
        }
        delivery.decide();
        return delivery;
    }

    public Map<Path, Outcome> outcomes() {
        return outcomes;
    }

    /** The uuids of the manifests all of whose files came. */
    public Set<String> complete() {
        return manifests.values().stream()
                .filter(Manifest::complete)
                .map(Manifest::uuid)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Names of the loaded members that had rejected rows, and how many. */
    public Map<String, Integer> rejected() {
        return rejected;
    }

    /** The owner of every type and day that has one. */
    public Map<TypeDay, Owner> owners() {
        return owners;
    }

    /** The uuid of the manifest that owns a type, written {@code pod_usage}, and day, or null. */
    public String ownerOf(String typeName, LocalDate day) {
        Owner owner = owners.get(new TypeDay(ReportKind.named(typeName), day));
        return owner == null ? null : owner.manifest();
    }

    /** How many rows of a type and day count. */
    public int rowsOf(String typeName, LocalDate day) {
        return counted(ReportKind.named(typeName), day).size();
    }

    /** The days of the rows that count. */
    public Set<LocalDate> days() {
        return counted.keySet().stream().map(TypeDay::day).collect(Collectors.toCollection(TreeSet::new));
    }

    List<NaiveRow> counted(ReportKind kind, LocalDate day) {
        return counted.getOrDefault(new TypeDay(kind, day), List.of());
    }

    private Outcome load(Path payload, Set<String> digests) {
        Map<String, String> members = new LinkedHashMap<>();
        List<JsonNode> found = new ArrayList<>();
        String digest = digestOf(payload);
        if (digests.contains(digest)) {
            return Outcome.DUPLICATE;
        }
        read(payload, (name, content) -> {
            var hashed = new DigestInputStream(content, sha256());
            if (name.equals("manifest.json")) {
                found.add(JSON.readTree(hashed.readAllBytes()));
            } else {
                hashed.transferTo(OutputStream.nullOutputStream());
                members.put(name, hex(hashed.getMessageDigest()));
            }
        });
        if (found.size() != 1) {
            throw new IllegalArgumentException("no manifest in " + payload);
        }
        Manifest manifest = manifests.computeIfAbsent(
                found.get(0).required("uuid").asText().toLowerCase(Locale.ROOT), uuid -> manifest(uuid, found.get(0)));
        requireOneCluster();
        members.keySet().retainAll(manifest.files());
        for (var member : members.entrySet()) {
            if (!member.getValue().equals(manifest.arrived().getOrDefault(member.getKey(), member.getValue()))) {
                return Outcome.MEMBER_CONFLICT;
            }
        }
        digests.add(digest);
        read(payload, (name, content) -> {
            if (members.containsKey(name) && manifest.arrived().put(name, members.get(name)) == null) {
                var report = new NaiveReport(manifest.uuid(), earliest, latest);
                report.read(content);
                for (NaiveRow row : report.accepted()) {
                    manifest.rows()
                            .computeIfAbsent(new TypeDay(row.kind(), row.day()), any -> new ArrayList<>())
                            .add(row);
                }
                if (report.rejected() > 0) {
                    rejected.put(name, report.rejected());
                }
            }
        });
        return Outcome.LOADED;
    }

    private void requireOneCluster() {
        Set<String> clusters =
                manifests.values().stream().map(Manifest::clusterId).collect(Collectors.toSet());
        if (clusters.size() > 1) {
            throw new IllegalArgumentException("payloads of more than one cluster: " + clusters);
        }
    }

    private static Manifest manifest(String uuid, JsonNode json) {
        Set<String> files = new TreeSet<>();
        json.path("files").forEach(name -> files.add(name.asText()));
        boolean additive = !json.path("daily_reports").asBoolean(false)
                && !json.path("version").asText("").isEmpty();
        return new Manifest(
                uuid,
                json.required("cluster_id").asText(),
                time(json.path("date")),
                time(json.path("start")),
                time(json.path("end")),
                additive,
                files,
                new HashMap<>(),
                new TreeMap<>());
    }

    /** Null where there is none and for the zero time of an operator that collected nothing. */
    private static Instant time(JsonNode json) {
        String text = json.asText("");
        if (json.isNull() || text.isEmpty() || text.startsWith("0001-01-01")) {
            return null;
        }
        boolean zoned = text.matches(".*(Z|[+-]\\d\\d:\\d\\d)");
        return zoned
                ? OffsetDateTime.parse(text).toInstant()
                : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
    }

    private void declareIncomplete() {
        manifests.values().stream()
                .filter(manifest -> !manifest.complete())
                .map(Manifest::uuid)
                .forEach(declared::add);
    }

    private void decide() {
        List<Manifest> complete =
                manifests.values().stream().filter(Manifest::complete).toList();
        Map<TypeDay, List<Candidate>> candidates = new TreeMap<>();
        for (Manifest manifest : manifests.values()) {
            if (!manifest.additive() && (manifest.complete() || declared.contains(manifest.uuid()))) {
                for (TypeDay typeDay : manifest.rows().keySet()) {
                    candidates
                            .computeIfAbsent(typeDay, any -> new ArrayList<>())
                            .add(new Candidate(manifest, hours(manifest, typeDay)));
                }
            }
        }
        candidates.forEach((typeDay, competing) -> {
            Candidate best = competing.stream()
                    .max(Comparator.<Candidate, Boolean>comparing(
                                    candidate -> candidate.manifest().complete())
                            .thenComparing(Candidate::hours)
                            .thenComparing(candidate -> candidate.manifest().date())
                            .thenComparing(candidate -> candidate.manifest().uuid()))
                    .orElseThrow();
            owners.put(typeDay, new Owner(best.manifest().uuid(), best.hours()));
            counted.put(typeDay, new ArrayList<>(best.manifest().rows().get(typeDay)));
        });
        Map<TypeDay, Set<Instant>> owned = new HashMap<>();
        counted.forEach((typeDay, rows) -> owned.put(typeDay, starts(rows)));
        for (Manifest manifest : complete) {
            if (manifest.additive()) {
                manifest.rows().forEach((typeDay, rows) -> {
                    Set<Instant> taken = owned.getOrDefault(typeDay, Set.of());
                    List<NaiveRow> free = rows.stream()
                            .filter(row -> !taken.contains(row.start()))
                            .toList();
                    if (!free.isEmpty()) {
                        counted.computeIfAbsent(typeDay, any -> new ArrayList<>())
                                .addAll(free);
                    }
                });
            }
        }
    }

    private static int hours(Manifest manifest, TypeDay typeDay) {
        int said = hoursSaid(manifest, typeDay.day());
        if (said > 0) {
            return said;
        }
        List<NaiveRow> pods = manifest.rows().get(new TypeDay(ReportKind.POD, typeDay.day()));
        return starts(pods != null ? pods : manifest.rows().get(typeDay)).size();
    }

    /** The hours of the manifest's start and end that fall on a day, rounded up. */
    private static int hoursSaid(Manifest manifest, LocalDate day) {
        if (manifest.start() == null || manifest.end() == null) {
            return 0;
        }
        Instant midnight = day.atStartOfDay(ZoneOffset.UTC).toInstant();
        Instant next = day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
        Instant from = manifest.start().isAfter(midnight) ? manifest.start() : midnight;
        Instant to = manifest.end().isBefore(next) ? manifest.end() : next;
        return to.isAfter(from) ? (int) Math.ceil(Duration.between(from, to).toMillis() / 3_600_000.0) : 0;
    }

    private static Set<Instant> starts(List<NaiveRow> rows) {
        return rows.stream().map(NaiveRow::start).collect(Collectors.toSet());
    }

    private interface MemberReader {
        void read(String name, InputStream content) throws IOException;
    }

    private static void read(Path payload, MemberReader reader) {
        try (var file = new BufferedInputStream(Files.newInputStream(payload));
                var tar = new TarArchiveInputStream(new GZIPInputStream(file, 1 << 16))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.isFile()) {
                    reader.read(entry.getName().replaceFirst("^\\./", ""), new NotClosing(tar));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class NotClosing extends FilterInputStream {
        NotClosing(InputStream in) {
            super(in);
        }

        @Override
        public void close() {}
    }

    private static String digestOf(Path payload) {
        try (var hashed = new DigestInputStream(Files.newInputStream(payload), sha256())) {
            hashed.transferTo(OutputStream.nullOutputStream());
            return hex(hashed.getMessageDigest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }
}
