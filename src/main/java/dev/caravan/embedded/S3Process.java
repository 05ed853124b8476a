package dev.caravan.embedded;

import java.io.IOException;

/** Entry point of the child process: s3proxy for as long as the parent lives. Uses nothing but the JDK and s3proxy. */
public final class S3Process {
    private S3Process() {}

    /**
     * Runs s3proxy until standard input ends, which the operating system sees to however the parent dies.
     *
     * @param arguments those of s3proxy
     */
    public static void main(String[] arguments) throws Exception {
        var watch = new Thread(S3Process::endWithParent, "parent-watch");
        watch.setDaemon(true);
        watch.start();
        Class.forName("org.gaul.s3proxy.Main").getMethod("main", String[].class).invoke(null, (Object) arguments);
    }

    private static void endWithParent() {
        try {
            while (System.in.read() >= 0) {
                // The parent writes nothing.
            }
        } catch (IOException e) {
            // A broken pipe says the same as its end.
        }
        // Objects are written to a side file and renamed: there is nothing to tidy up.
        Runtime.getRuntime().halt(0);
    }
}
