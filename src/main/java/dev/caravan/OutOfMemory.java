package dev.caravan;

import java.nio.charset.StandardCharsets;

/**
 * Ends the process once it has run out of memory. Any thread may have been the one that got none, and what it left undone
 * nobody knows; what was in work is given again to the process that follows.
 */
public final class OutOfMemory {
    /** As that of a JVM which was told to exit by itself. */
    public static final int EXIT_CODE = 3;

    /** Made beforehand: there may be no memory for a longer one. */
    private static final byte[] LINE =
            ("caravan: out of memory, so the process ends; what was in work is loaded by the next one: give it more with"
                            + " -Xmx, and its container too" + System.lineSeparator())
                    .getBytes(StandardCharsets.UTF_8);

    private OutOfMemory() {}

    /** Ends the process where a failure comes from a lack of memory; else nothing happens. */
    public static void endIfIn(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof OutOfMemoryError) {
                end();
            }
        }
    }

    /** Ends the process where a thread dies of it; other failures of threads are printed as ever. */
    static void watchThreads() {
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            endIfIn(failure);
            System.err.print("Exception in thread \"" + thread.getName() + "\" ");
            failure.printStackTrace();
        });
    }

    /** Whoever comes second waits here until the process is gone. */
    private static synchronized void end() {
        try {
            System.err.write(LINE, 0, LINE.length);
            System.err.flush();
        } finally {
            Runtime.getRuntime().halt(EXIT_CODE);
        }
    }
}
