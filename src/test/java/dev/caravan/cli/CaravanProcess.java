package dev.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** The packed jar as a process of its own, told everything by its environment; it ends with its test. */
final class CaravanProcess implements AutoCloseable {
    static final Path JAR = Path.of(System.getProperty("caravan.test.jar", "target/caravan.jar"))
            .toAbsolutePath();
    static final String JAVA = ProcessHandle.current().info().command().orElse("java");

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Process process;
    private final Path out;
    private final Path err;

    private CaravanProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** What a command printed and how it ended. */
    record Result(int code, String out, String err) {}

    /**
     * Starts `run` and returns when it takes payloads in.
     *
     * @param folder to work in
     * @param settings keys as in config/application.yaml, or environment variables
     */
    static CaravanProcess run(Path folder, Map<String, ?> settings) {
        return run(folder, settings, command("run"));
    }

    /** Starts `run` of {@link SteppedCaravan}, which needs no jar, and returns when it takes payloads in. */
    static CaravanProcess runStepped(Path folder, Map<String, ?> settings) {
        return run(folder, settings, unpacked(SteppedCaravan.class, "run"));
    }

    private static CaravanProcess run(Path folder, Map<String, ?> settings, List<String> command) {
        CaravanProcess started = start(folder, settings, command);
        try {
            started.awaitLog("caravan runs");
        } catch (RuntimeException | AssertionError e) {
            started.close();
            throw e;
        }
        return started;
    }

    /** Runs a command to its end. */
    static Result execute(Path folder, Map<String, ?> settings, Object... arguments) {
        return execute(folder, settings, command(arguments));
    }

    static Result execute(Path folder, Map<String, ?> settings, List<String> command) {
        try (CaravanProcess started = start(folder, settings, command)) {
            return started.await();
        }
    }

    static CaravanProcess start(Path folder, Map<String, ?> settings, List<String> command) {
        try {
            Path out = Files.createTempFile(folder, "out", ".txt");
            Path err = Files.createTempFile(folder, "err", ".txt");
            var builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().keySet().removeIf(name -> name.startsWith("CARAVAN_"));
            // Processes beside this one look for a free port, too.
            builder.environment().put("CARAVAN_HTTP_PORT", "0");
            settings.forEach((key, value) -> builder.environment().put(variable(key), value.toString()));
            return new CaravanProcess(builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> command(Object... arguments) {
        List<String> command = quick();
        command.addAll(List.of("-jar", JAR.toString()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return command;
    }

    /** A command from the class path of the tests instead of the jar. */
    static List<String> unpacked(Class<?> main, Object... arguments) {
        List<String> command = quick();
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return command;
    }

    /** Quick to start: none of these processes lives long enough for the better compiler. */
    private static List<String> quick() {
        return new ArrayList<>(List.of(JAVA, "-Xmx320m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    }

    /** Writes a line to its standard input. */
    void tell(String line) {
        try {
            process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** Everything it has printed so far. */
    String log() {
        return read(out) + read(err);
    }

    void awaitLog(String text) {
        Awaitility.await().atMost(LIMIT).untilAsserted(() -> {
            assertThat(log()).contains(text);
        });
    }

    /** Waits for it to end by itself. */
    Result await() {
        try {
            assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .as(log())
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return new Result(process.exitValue(), read(out), read(err));
    }

    /** Asks it to stop and waits for it. */
    Result stop() {
        process.destroy();
        return await();
    }

    /** Ends it as a crash does: nothing is finished, nobody is told. */
    void kill() {
        process.destroyForcibly();
        await();
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            process.destroy();
            try {
                await();
            } finally {
                process.destroyForcibly();
            }
        }
    }

    private static String variable(String key) {
        return key.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
