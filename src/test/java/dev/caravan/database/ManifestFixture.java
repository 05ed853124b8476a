package dev.caravan.database;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;

/** A manifest with hourly rows, taken through the stored functions of the ledger as a load does it. */
public final class ManifestFixture {
    private final OrganisationDatabase database;
    private final UUID source;
    private final UUID uuid;
    private final List<String> files = new ArrayList<>();
    private final Map<String, Map<String, TreeMap<String, Integer>>> rowsByFileAndDay = new LinkedHashMap<>();
    private final Map<String, String> typeByFile = new LinkedHashMap<>();
    private final List<Runnable> inserts = new ArrayList<>();
    private final Map<String, Long> numbers = new LinkedHashMap<>();
    private String date = "2025-11-05T00:00:00Z";
    private String start;
    private String end;
    private boolean additive;

    /** @param number makes the uuid; a greater number is a greater uuid */
    public ManifestFixture(OrganisationDatabase database, UUID source, int number) {
        this.database = database;
        this.source = source;
        this.uuid = UUID.fromString("%08x-0000-4000-8000-000000000000".formatted(number));
    }

    public UUID uuid() {
        return uuid;
    }

    public ManifestFixture date(String instant) {
        date = instant;
        return this;
    }

    public ManifestFixture period(String from, String to) {
        start = from;
        end = to;
        return this;
    }

    public ManifestFixture additive() {
        additive = true;
        return this;
    }

    /** Lists a file that does not come with this load. */
    public ManifestFixture listed(String file) {
        files.add(file);
        return this;
    }

    /** Adds a row for each of some hours to the file of that type; {@code columns} are names and values in turn. */
    public ManifestFixture rows(String type, String day, int fromHour, int toHour, Object... columns) {
        String file = type + ".csv";
        if (!files.contains(file)) {
            files.add(file);
        }
        typeByFile.put(file, type);
        for (int hour = fromHour; hour < toHour; hour++) {
            String interval = "%sT%02d:00:00Z".formatted(day, hour);
            rowsByFileAndDay
                    .computeIfAbsent(file, name -> new LinkedHashMap<>())
                    .computeIfAbsent(day, name -> new TreeMap<>())
                    .merge(interval, 1, Integer::sum);
            Map<String, Object> row = FunctionTestBase.row(
                    "usage_start",
                    day,
                    "interval_start",
                    interval,
                    "interval_end",
                    interval.replace(":00:00Z", ":59:59Z"));
            row.putAll(FunctionTestBase.row(columns));
            inserts.add(() -> {
                row.put("manifest_file", numbers.get(file));
                database.insert("openshift_" + type + "_hours", row);
            });
        }
        return this;
    }

    public String ledgerJson() {
        return """
        {"manifest_uuid": "%s", "cluster_id": "cluster-1", "manifest_date": "%s", "period_start": %s, "period_end": %s,
         "daily_reports": %s, "additive": %s, "version": "v1", "certified": false, "cr_status": {}, "files": %s,
         "resource_optimization_files": []}
        """
                .formatted(uuid, date, quoted(start), quoted(end), !additive, additive, list(files));
    }

    /** Claims, inserts the rows and records what came, without completing. */
    public ManifestFixture load() {
        JdbcTemplate jdbc = database.jdbc();
        List<String> members = new ArrayList<>();
        typeByFile
                .keySet()
                .forEach(file -> members.add(
                        "{\"name\": \"" + file + "\", \"sha256\": \"" + file + uuid + "\", \"size_bytes\": 1}"));
        jdbc.queryForList(
                "select caravan.claim_payload(?, ?, ?::jsonb, ?::jsonb, 'request', 'test', false, false)",
                source,
                "sha of " + uuid + typeByFile.keySet(),
                ledgerJson(),
                "[" + String.join(",", members) + "]");
        jdbc.query(
                "select name, manifest_file from manifest_file where source = ? and manifest_uuid = ?",
                row -> {
                    numbers.put(row.getString(1), row.getLong(2));
                },
                source,
                uuid);
        inserts.forEach(Runnable::run);
        List<String> reports = new ArrayList<>();
        rowsByFileAndDay.forEach((file, days) -> {
            List<String> brought = new ArrayList<>();
            days.forEach((day, intervals) -> brought.add("{\"day\": \"%s\", \"rows\": %d, \"intervals\": %s}"
                    .formatted(
                            day,
                            intervals.values().stream()
                                    .mapToInt(Integer::intValue)
                                    .sum(),
                            list(intervals.keySet()))));
            reports.add(
                    "{\"manifest_file\": %d, \"report_type\": \"%s\", \"status\": \"loaded\", \"rows_read\": 0, \"rows_rejected\": 0, \"days\": [%s], \"rejects\": []}"
                            .formatted(numbers.get(file), typeByFile.get(file), String.join(",", brought)));
        });
        jdbc.queryForList("select caravan.record_reports(?::jsonb)", "[" + String.join(",", reports) + "]");
        return this;
    }

    /** What complete_manifest answers, as text. */
    public String complete() {
        return database.text("select caravan.complete_manifest(?, ?)::text", source, uuid);
    }

    private static String quoted(String text) {
        return text == null ? "null" : "\"" + text + "\"";
    }

    private static String list(Iterable<String> texts) {
        List<String> quoted = new ArrayList<>();
        texts.forEach(text -> quoted.add(quoted(text)));
        return "[" + String.join(", ", quoted) + "]";
    }
}
