package dev.caravan.payload;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * manifest.json of a metrics operator: which cluster, which span, which files. All times are UTC.
 *
 * @param version commit or version of the operator, empty when it sent none
 * @param start first instant collected, null when the operator collected nothing (it then sends the year 1)
 * @param end last instant collected, null likewise
 * @param dailyReports whether its files replace whole days
 * @param crStatus the operator's own status, kept as it is
 */
public record Manifest(
        UUID uuid,
        String clusterId,
        String version,
        Instant date,
        List<String> files,
        List<String> resourceOptimizationFiles,
        Instant start,
        Instant end,
        boolean certified,
        boolean dailyReports,
        JsonNode crStatus) {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            // A limit is told as it was found.
            .disable(DeserializationFeature.WRAP_EXCEPTIONS)
            .build();
    private static final Pattern UUID_VERSION_4 =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}");
    private static final Pattern ESCAPED_NUL = Pattern.compile("(?<!\\\\)((?:\\\\\\\\)*)\\\\u0000");
    private static final String MOST_NAMES = "mostNames";
    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_CLUSTER_ID = 50;

    /** The file as it is written, before it is checked. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Written(
            String uuid,
            @JsonProperty("cluster_id") String clusterId,
            String version,
            String date,
            @JsonDeserialize(using = Names.class) List<String> files,
            @JsonProperty("resource_optimization_files") @JsonDeserialize(using = Names.class)
                    List<String> resourceOptimizationFiles,
            String start,
            String end,
            boolean certified,
            @JsonProperty("daily_reports") boolean dailyReports,
            @JsonProperty("cr_status") JsonNode crStatus) {}

    /** A list of texts that stops at the limit: none of the names behind it is read. */
    private static final class Names extends JsonDeserializer<List<String>> {
        @Override
        @SuppressWarnings("unchecked")
        public List<String> deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            if (!parser.isExpectedStartArrayToken()) {
                return (List<String>) context.handleUnexpectedToken(List.class, parser);
            }
            int limit = (int) context.getAttribute(MOST_NAMES);
            List<String> names = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (names.size() == limit) {
                    throw new PoisonPayloadException(
                            "over-limit", "manifest.json lists more than " + limit + " names in one list");
                }
                names.add(parser.hasToken(JsonToken.VALUE_NULL) ? null : context.readValue(parser, String.class));
            }
            return names;
        }
    }

    /**
     * Reads and checks a manifest.
     *
     * @param mostNames in each of its lists
     * @throws PoisonPayloadException {@code manifest-invalid}, naming the field, or {@code over-limit}
     */
    public static Manifest parse(byte[] json, int mostNames) {
        Written written;
        try {
            written = JSON.readerFor(Written.class)
                    .withAttribute(MOST_NAMES, mostNames)
                    .readValue(json);
        } catch (JsonProcessingException e) {
            throw invalid("is not the JSON expected: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw invalid("cannot be read");
        }
        if (written == null) {
            throw invalid("is empty");
        }
        if (written.uuid == null || !UUID_VERSION_4.matcher(written.uuid).matches()) {
            throw invalid("has no uuid of version 4");
        }
        if (!isSafeName(written.clusterId) || written.clusterId.length() > LONGEST_CLUSTER_ID) {
            throw invalid("has no usable cluster_id");
        }
        if (written.date == null) {
            throw invalid("has no date");
        }
        Instant date = time(written.date, "date");
        if (yearOf(date) < 1) {
            throw invalid("has a date before the year 1");
        }
        List<String> files = names(written.files, "files");
        List<String> rosFiles = names(written.resourceOptimizationFiles, "resource_optimization_files");
        Instant start = collected(written.start, "start");
        Instant end = collected(written.end, "end");
        if (start != null && end != null && end.isBefore(start)) {
            throw invalid("ends before it starts");
        }
        return new Manifest(
                UUID.fromString(written.uuid),
                written.clusterId,
                written.version == null ? "" : withoutNul(written.version),
                date,
                files,
                rosFiles,
                start,
                end,
                written.certified,
                written.dailyReports,
                written.crStatus == null || !written.crStatus.isObject()
                        ? JsonNodeFactory.instance.objectNode()
                        : written.crStatus);
    }

    /** Rows of an operator from before daily reports add to a day; they never replace it. */
    public boolean additive() {
        return !dailyReports && !version.isEmpty();
    }

    /** What the ledger keeps, as the stored function claim_payload reads it. */
    public String toLedgerJson() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("manifest_uuid", uuid.toString());
        fields.put("cluster_id", clusterId);
        fields.put("manifest_date", date.toString());
        fields.put("period_start", start == null ? null : start.toString());
        fields.put("period_end", end == null ? null : end.toString());
        fields.put("daily_reports", dailyReports);
        fields.put("additive", additive());
        fields.put("version", version);
        fields.put("certified", certified);
        fields.put("cr_status", crStatus);
        fields.put("files", files);
        fields.put("resource_optimization_files", resourceOptimizationFiles);
        try {
            // PostgreSQL's jsonb cannot hold the escaped NUL that JSON allows; behind a backslash it is other text.
            return ESCAPED_NUL.matcher(JSON.writeValueAsString(fields)).replaceAll("$1");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> names(List<String> names, String field) {
        if (names == null) {
            return List.of();
        }
        for (String name : names) {
            if (!isSafeName(name)) {
                throw invalid("lists a name in " + field + " that is no plain file name");
            }
        }
        if (new HashSet<>(names).size() < names.size()) {
            throw invalid("lists a name twice in " + field);
        }
        return List.copyOf(names);
    }

    /**
     * One path component: it is compared with member names and stored, and must stay harmless wherever it is shown; half a
     * character, which JSON can write, would be stored as another one.
     */
    static boolean isSafeName(String name) {
        return name != null
                && !name.isBlank()
                && name.length() <= LONGEST_NAME
                && !name.equals(".")
                && !name.contains("..")
                && name.codePoints()
                        .noneMatch(c -> c == '/'
                                || c == '\\'
                                || c < 0x20
                                || c == 0x7f
                                || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    private static Instant collected(String text, String field) {
        if (text == null || text.isBlank()) {
            return null;
        }
        Instant time = time(text, field);
        return yearOf(time) <= 1 ? null : time;
    }

    private static int yearOf(Instant time) {
        return time.atOffset(ZoneOffset.UTC).getYear();
    }

    private static Instant time(String text, String field) {
        String iso = text.strip().replace(' ', 'T');
        try {
            Instant time = iso.matches(".*(Z|[+-]\\d\\d:\\d\\d)$")
                    ? OffsetDateTime.parse(iso).toInstant()
                    : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
            if (yearOf(time) <= 9999) {
                // as exact as PostgreSQL keeps it
                return time.truncatedTo(ChronoUnit.MICROS);
            }
        } catch (DateTimeException e) {
            // said below
        }
        throw invalid("has a " + field + " that is no date and time");
    }

    private static String withoutNul(String text) {
        return text.replace("\u0000", "");
    }

    private static PoisonPayloadException invalid(String what) {
        return new PoisonPayloadException("manifest-invalid", "manifest.json " + what);
    }
}
