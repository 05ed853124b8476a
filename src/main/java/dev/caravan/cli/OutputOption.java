package dev.caravan.cli;

import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import picocli.CommandLine.Option;

/** The option that names a file for what a command would print. */
final class OutputOption {
    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "File to write, replaced when it exists; without it, everything goes to the standard output.")
    private Path file;

    /** Writes rows, and tells how many. */
    @FunctionalInterface
    interface Writer {
        long write(OutputStream out) throws Exception;
    }

    /** @throws UsageException when the file cannot be one */
    void check() {
        if (file != null && !Files.isDirectory(file.toAbsolutePath().getParent())) {
            throw new UsageException("folder " + file.toAbsolutePath().getParent() + " does not exist: make it first");
        }
        if (file != null && Files.exists(file) && !Files.isRegularFile(file)) {
            throw new UsageException(file + " is no file: name one to write or to replace");
        }
    }

    /** Has it written, and says on the terminal how many rows there were. */
    void write(Terminal terminal, Writer writer) throws Exception {
        long rows = file == null ? writer.write(new ReaderWatch(terminal.out())) : toFile(writer);
        terminal.err().println("rows written: " + rows + (file == null ? "" : ", to " + file));
    }

    /** A file is replaced only by a whole one. */
    private long toFile(Writer writer) throws Exception {
        Path part = file.resolveSibling(
                "." + file.getFileName() + "." + ProcessHandle.current().pid() + ".part");
        try {
            long rows;
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part))) {
                rows = writer.write(out);
            }
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
            return rows;
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
