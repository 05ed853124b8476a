package dev.caravan.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.zip.Deflater;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/** A table of an OpenStack site on its way into a {@code .csv.gz} file, cell by cell. */
final class DumpedTable implements AutoCloseable {
    /** A time that is not known. */
    static final long NONE = Long.MIN_VALUE;

    private static final int BUFFER = 1 << 16;
    private static final int SECONDS_A_DAY = 86_400;
    /** Longer texts are rare and then grow it. */
    private static final int LINE = 4096;

    private final String name;
    private final Writer out;
    private final StringBuilder line = new StringBuilder(LINE);
    private long knownDay = NONE;
    private String knownDate;
    private long rows;

    /** @param name schema and table */
    DumpedTable(Path folder, String name, String header) throws IOException {
        this.name = name;
        var parameters = new GzipParameters();
        parameters.setCompressionLevel(Deflater.BEST_SPEED);
        parameters.setBufferSize(BUFFER);
        var file = Files.newOutputStream(folder.resolve(name + ".csv.gz"));
        this.out = new OutputStreamWriter(
                new BufferedOutputStream(new GzipCompressorOutputStream(file, parameters), BUFFER),
                StandardCharsets.ISO_8859_1);
        out.write(header + "\n");
    }

    String name() {
        return name;
    }

    long rows() {
        return rows;
    }

    /** @param text ASCII without anything that would need quotes, or quoted; null for a missing one */
    DumpedTable text(String text) {
        line.append(text == null ? "" : text).append(',');
        return this;
    }

    DumpedTable number(long number) {
        line.append(number).append(',');
        return this;
    }

    /** @param time seconds since 1970, or {@link #NONE} */
    DumpedTable time(long time) {
        if (time != NONE) {
            long day = Math.floorDiv(time, SECONDS_A_DAY);
            if (day != knownDay) {
                knownDay = day;
                knownDate = LocalDate.ofEpochDay(day).toString();
            }
            int second = (int) Math.floorMod(time, SECONDS_A_DAY);
            line.append(knownDate).append('T');
            digits(second / 3600).append(':');
            digits(second / 60 % 60).append(':');
            digits(second % 60);
        }
        line.append(',');
        return this;
    }

    void end() throws IOException {
        line.setCharAt(line.length() - 1, '\n');
        out.append(line);
        line.setLength(0);
        rows++;
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    private StringBuilder digits(int number) {
        return line.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }
}
