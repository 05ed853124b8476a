package dev.caravan.payload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A process that has a payload in the spool, until it is killed. */
public final class SpoolHolder implements AutoCloseable {
    private final Process process;

    /** Returns when the payload is there. */
    SpoolHolder(Path spool, int bytes) {
        try {
            process = new ProcessBuilder(
                            ProcessHandle.current().info().command().orElse("java"),
                            "-Xshare:auto",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            SpoolHolder.class.getName(),
                            spool.toString(),
                            Integer.toString(bytes))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            process.getInputStream().read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void main(String[] arguments) throws IOException {
        Path file = SpoolFolder.create(Path.of(arguments[0])).newFile();
        Files.write(file, new byte[Integer.parseInt(arguments[1])]);
        System.out.write('\n');
        System.out.flush();
        System.in.read();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
