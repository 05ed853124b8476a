package dev.caravan.openstack;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;

/**
 * The replacement of one table of a site on its way through the routes. An exchange carries it in the property {@code
 * tableImport}; it lives as long as that exchange.
 */
public final class TableImport {
    public static final String PROPERTY = "tableImport";

    private final Site site;
    private final SiteTable table;
    private final String origin;
    private final Path file;
    private final Instant started = Instant.now();
    private SiteTableRows rows;
    private FileMark read;

    /** What another file of the same name differs in. */
    private record FileMark(Object key, FileTime modified, long bytes) {
        static FileMark of(Path file) throws IOException {
            var attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new FileMark(attributes.fileKey(), attributes.lastModifiedTime(), attributes.size());
        }
    }

    /**
     * @param origin where the rows come from, for people; without an account
     * @param file with the rows, {@code .gz} being part of its origin; null when they come from a database
     */
    public TableImport(Site site, SiteTable table, String origin, Path file) {
        this.site = site;
        this.table = table;
        this.origin = origin;
        this.file = file;
    }

    public Site site() {
        return site;
    }

    public SiteTable table() {
        return table;
    }

    /** Camel's simple language asks for it. */
    public String getRawTable() {
        return table.rawTable();
    }

    public String origin() {
        return origin;
    }

    Path file() {
        return file;
    }

    /** Notes which file it is that is about to be read. */
    void beginReading() throws IOException {
        read = FileMark.of(file);
    }

    /**
     * Makes sure that what was read is what is there now.
     *
     * @throws FileSystemException when somebody has put another one in its place, which has to be read as well
     */
    void requireSameFile() throws IOException {
        if (!FileMark.of(file).equals(read)) {
            throw new FileSystemException(
                    file.toString(), null, "was replaced while it was read, and is read anew as it is now");
        }
    }

    /** Begins an attempt; what an earlier, rolled back one counted is void. */
    void begin(SiteTableRows found) {
        rows = found;
    }

    SiteTableRows rows() {
        return rows;
    }

    /** What became of it, once it is committed. */
    public TableOutcome outcome() {
        return new TableOutcome(table, origin, rows.stored(), rows.rejected(), elapsed(), null);
    }

    /** What became of it, when the site's database did not hand the table out. */
    public TableOutcome outcome(ExtractionFailure failure) {
        return new TableOutcome(table, origin, 0, 0, elapsed(), failure);
    }

    private Duration elapsed() {
        return Duration.between(started, Instant.now());
    }
}
