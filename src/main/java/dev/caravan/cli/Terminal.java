package dev.caravan.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Where a command writes.
 *
 * @param out results
 * @param err failures, and what happens meanwhile
 * @param interactive whether a person looks on
 */
public record Terminal(PrintStream out, PrintStream err, boolean interactive) {
    /** That of this process; UTF-8 whatever the locale says, since names in payloads are. */
    public static Terminal ofProcess() {
        // From Java 22 on there is a console even without a terminal, but for this implementation.
        System.setProperty("jdk.console", "java.base");
        return new Terminal(stream(FileDescriptor.out), stream(FileDescriptor.err), System.console() != null);
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }
}
