package dev.caravan.openstack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import dev.caravan.database.OrganisationDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The tables of a small site, made so that each of its rows shows something. */
public final class DemoSite {
    public static final Path FOLDER = Path.of("src/test/resources/samples/openstack/demo");
    private static final ObjectMapper JSON = new ObjectMapper();

    private DemoSite() {}

    /** Puts the rows into schema openstack without any of the ways in. */
    public static void insert(OrganisationDatabase database, String site) throws IOException {
        database.insert("openstack.site", Map.of("site", site, "name", "Demo"));
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file : files.filter(file -> file.getFileName().toString().contains("."))
                    .filter(file -> file.getFileName().toString().split("\\.").length == 3)
                    .toList()) {
                String table = file.getFileName().toString().replace(".csv", "").replace('.', '_');
                for (NamedCsvRecord row : rows(file)) {
                    database.insert("openstack." + table, stored(site, table, row));
                }
            }
        }
    }

    /** The daily timeline that follows by hand. */
    public static List<NamedCsvRecord> expectedDays() throws IOException {
        return rows(FOLDER.resolve("expected_daily_nodes_strict.csv"));
    }

    private static List<NamedCsvRecord> rows(Path file) throws IOException {
        try (CsvReader<NamedCsvRecord> reader = CsvReader.builder().ofNamedCsvRecord(file)) {
            return reader.stream().toList();
        }
    }

    private static Map<String, Object> stored(String site, String table, NamedCsvRecord row) throws IOException {
        Map<String, Object> stored = new LinkedHashMap<>();
        stored.put("site", site);
        boolean events = table.equals("nova_instance_actions_events");
        for (Map.Entry<String, String> field : row.getFieldsAsMap().entrySet()) {
            String name = field.getKey();
            String value = field.getValue();
            if (name.equals("spec")) {
                JsonNode spec = JSON.readTree(value).path("nova_object.data");
                stored.put("hinted_reservation", text(spec.at("/scheduler_hints/reservation/0")));
                stored.put("flavor_name", text(spec.at("/flavor/nova_object.data/name")));
            } else if (!events || !name.equals("created_at") && !name.equals("deleted_at")) {
                stored.put(name, value.isEmpty() ? null : value.matches("\\d{4}-.*T.*") ? value + "Z" : value);
            }
        }
        return stored;
    }

    private static String text(JsonNode node) {
        return node.isMissingNode() ? null : node.asText();
    }
}
