package dev.caravan.cli;

import dev.caravan.openstack.SiteTable;
import dev.caravan.openstack.TableDumps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tables that paths on a command line stand for: files {@code <schema>.<table>.csv} or {@code .csv.gz}, and those in
 * directories. Files of directories that are no such table are left alone, and told.
 */
final class GivenTables {
    private final Map<SiteTable, Path> files = new EnumMap<>(SiteTable.class);
    private final List<Path> leftAlone = new ArrayList<>();

    private GivenTables() {}

    /**
     * Looks at every path before anything is read.
     *
     * @throws UsageException when one is missing, unreadable or no table, or a table is given twice
     */
    static GivenTables of(List<Path> paths) throws IOException {
        var given = new GivenTables();
        for (Path path : paths) {
            if (!Files.exists(path)) {
                throw new UsageException(path + " does not exist: nothing was imported; correct the path");
            }
            if (Files.isDirectory(path)) {
                given.addDirectory(path);
            } else {
                given.addFile(path);
            }
        }
        return given;
    }

    /** In the order tables are read from a database, too. */
    Map<SiteTable, Path> files() {
        return files;
    }

    /** Files of directories that are no table. */
    List<Path> leftAlone() {
        return leftAlone;
    }

    private void addDirectory(Path directory) throws IOException {
        if (!Files.isReadable(directory) || !Files.isExecutable(directory)) {
            throw new UsageException(directory + " cannot be read: nothing was imported; see its permissions");
        }
        List<Path> found;
        try (var entries = Files.list(directory)) {
            found = entries.filter(entry -> Files.isRegularFile(entry)
                            && !entry.getFileName().toString().startsWith("."))
                    .sorted(Comparator.comparing(entry -> entry.getFileName().toString()))
                    .toList();
        }
        for (Path file : found) {
            if (tableOf(file).isPresent()) {
                addFile(file);
            } else {
                leftAlone.add(file);
            }
        }
    }

    private void addFile(Path file) {
        SiteTable table = tableOf(file)
                .orElseThrow(() -> new UsageException(file + " is no table that is read: nothing was imported; call it"
                        + " <schema>.<table>.csv or .csv.gz, for example nova.instances.csv"));
        if (!Files.isReadable(file)) {
            throw new UsageException(file + " cannot be read: nothing was imported; see its permissions");
        }
        Path other = files.putIfAbsent(table, file);
        if (other != null) {
            throw new UsageException(
                    "both " + other + " and " + file + " are " + table.title() + ": nothing was imported; give one");
        }
    }

    private static Optional<SiteTable> tableOf(Path file) {
        return TableDumps.tableOf(file).flatMap(SiteTable::named);
    }
}
