package dev.caravan.openstack;

import dev.caravan.TestMariaDb;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The demo site: its tables as files, and as databases of a server. */
public final class SiteDump {
    public static final Path DEMO = Path.of("src/test/resources/samples/openstack/demo");

    /** Rows of its tables. */
    public static final Map<String, Long> DEMO_ROWS = Map.ofEntries(
            Map.entry("nova.compute_nodes", 6L),
            Map.entry("nova.instances", 10L),
            Map.entry("nova.instance_actions", 8L),
            Map.entry("nova.instance_actions_events", 8L),
            Map.entry("nova_api.request_specs", 10L),
            Map.entry("blazar.leases", 8L),
            Map.entry("blazar.reservations", 8L),
            Map.entry("blazar.computehosts", 6L),
            Map.entry("blazar.computehost_allocations", 10L),
            Map.entry("blazar.instance_reservations", 1L),
            Map.entry("chameleon_usage.node_usage_report_cache", 3L));

    private SiteDump() {}

    /** Empty databases with all tables, in types such as OpenStack has them. */
    public static void createTables(TestMariaDb server) {
        List<String> statements = new ArrayList<>();
        Map<String, List<SiteTable>> schemas = new TreeMap<>();
        for (SiteTable table : SiteTable.values()) {
            schemas.computeIfAbsent(table.schema(), schema -> new ArrayList<>()).add(table);
        }
        schemas.forEach((schema, tables) -> {
            statements.add("drop database if exists " + schema);
            statements.add("create database " + schema + " character set utf8mb3");
            tables.forEach(table -> statements.add("create table " + table.title() + "("
                    + table.columns().stream()
                            .map(column -> "`" + column.name() + "` " + type(column))
                            .collect(Collectors.joining(", "))
                    + ", secret varchar(255) default 'hidden')"));
        });
        server.execute(statements);
    }

    private static String type(SiteTable.Column column) {
        return switch (column.kind()) {
            case TEXT -> "varchar(255)";
            case TIMESTAMP -> "datetime";
            case DATE -> "date";
            case INTEGER -> "int";
            case NUMBER -> "double";
            case FLAG -> "tinyint(1)";
            case REQUEST_SPEC, RECORD -> "mediumtext";
        };
    }

    /** Fills the tables of {@link #createTables} with the demo site. */
    public static void insertDemo(TestMariaDb server) {
        List<String> statements = new ArrayList<>();
        for (String title : DEMO_ROWS.keySet()) {
            List<String> lines = lines(DEMO.resolve(title + ".csv"));
            SiteTable table = SiteTable.named(title).orElseThrow();
            List<String> header = List.of(lines.get(0).split(","));
            List<String> known = table.columns().stream()
                    .map(SiteTable.Column::name)
                    .filter(header::contains)
                    .toList();
            for (String line : lines.subList(1, lines.size())) {
                List<String> fields = fields(line);
                statements.add("insert into " + title + "("
                        + known.stream().map(name -> "`" + name + "`").collect(Collectors.joining(", ")) + ") values ("
                        + known.stream()
                                .map(name -> literal(fields.get(header.indexOf(name))))
                                .collect(Collectors.joining(", "))
                        + ")");
            }
        }
        server.execute(statements);
    }

    private static String literal(String field) {
        return field.isEmpty() ? "null" : "'" + field.replace("'", "''") + "'";
    }

    private static List<String> fields(String line) {
        int quote = line.indexOf('"');
        if (quote < 0) {
            return List.of(line.split(",", -1));
        }
        List<String> fields =
                new ArrayList<>(List.of(line.substring(0, quote - 1).split(",", -1)));
        fields.add(line.substring(quote + 1, line.length() - 1).replace("\"\"", "\""));
        return fields;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
