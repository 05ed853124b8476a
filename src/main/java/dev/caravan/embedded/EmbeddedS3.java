package dev.caravan.embedded;

import dev.caravan.LocalServerException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The S3 API over a directory: s3proxy in a child process, since its libraries are not those of this process. The child
 * ends with this process, however that ends.
 */
public final class EmbeddedS3 implements AutoCloseable {
    /** Clients have to name some region; s3proxy takes any. */
    public static final String REGION = "us-east-1";

    /** Where uploads wait that Kafka messages announce. */
    public static final String UPLOAD_BUCKET = "insights-upload-perma";

    /** Where payloads to be loaded are put. */
    public static final String INTAKE_BUCKET = "caravan-intake";

    private static final List<String> BUCKETS = List.of(UPLOAD_BUCKET, "ros-data", INTAKE_BUCKET);
    private static final String ENDPOINT = "s3proxy.endpoint";
    private static final String CREDENTIAL = "s3proxy.credential";
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final long PAUSE_MILLIS = 50;
    private static final int ANSWER_MILLIS = 1000;

    private final Process process;
    private final int port;
    private final String accessKey;
    private final String secretKey;

    private EmbeddedS3(Process process, int port, String accessKey, String secretKey) {
        this.process = process;
        this.port = port;
        this.accessKey = accessKey;
        this.secretKey = secretKey;
    }

    /**
     * Starts the server with its buckets, and returns when it answers.
     *
     * @param directory of the objects, the settings and the log; made when it is not there
     * @param port to listen on; 0 takes a free one
     * @throws LocalServerException with the next step
     */
    public static EmbeddedS3 start(Path directory, int port) {
        return start(directory, port, settings -> {});
    }

    /** As {@link #start(Path, int)}, with a last word on s3proxy's settings. */
    static EmbeddedS3 start(Path directory, int port, Consumer<Properties> change) {
        String accessKey = "caravan";
        Path log = directory.resolve("log");
        Path settings = directory.resolve("s3proxy.properties");
        try {
            // Messages in Kafka survive a restart, and with these two the signed addresses in them do.
            Properties earlier = read(settings);
            int chosen =
                    port == 0 ? Ports.chooseAgain(earlier.getProperty(ENDPOINT, ""), "S3") : Ports.choose(port, "S3");
            String secretKey = earlier.getProperty(CREDENTIAL, Secrets.generate());
            Path objects = directory.resolve("objects");
            for (String bucket : BUCKETS) {
                Files.createDirectories(objects.resolve(bucket));
            }
            PrivateFiles.write(settings, settings(objects, chosen, accessKey, secretKey, change));
            List<String> command = new ArrayList<>(List.of(
                    // A terminal sends Ctrl-C to the child too; it is to serve until payloads in flight are done.
                    "sh",
                    "-c",
                    "trap '' INT HUP; exec \"$@\"",
                    "s3",
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx128m",
                    "-DLOG_LEVEL=warn",
                    "-cp",
                    classPath(directory.resolve("lib")),
                    S3Process.class.getName(),
                    "--properties",
                    settings.toAbsolutePath().toString()));
            // Standard input stays an open pipe: its end tells the child that this process is gone.
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            var server = new EmbeddedS3(process, chosen, accessKey, secretKey);
            server.awaitAnswer(log);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The address for clients, which must use path style. */
    public String endpoint() {
        return "http://" + Ports.HOST + ":" + port;
    }

    public int port() {
        return port;
    }

    public String accessKey() {
        return accessKey;
    }

    public String secretKey() {
        return secretKey;
    }

    /** The process id of the child. */
    public long pid() {
        return process.pid();
    }

    /** Ends the pipe the child watches, for tests of what it does then. */
    void disconnect() throws IOException {
        process.getOutputStream().close();
    }

    /** Stops the server; the objects stay. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(START_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static Properties read(Path file) throws IOException {
        var settings = new Properties();
        if (Files.exists(file)) {
            try (var reader = Files.newBufferedReader(file)) {
                settings.load(reader);
            }
        }
        return settings;
    }

    private static String settings(
            Path objects, int port, String accessKey, String secretKey, Consumer<Properties> change)
            throws IOException {
        var settings = new Properties();
        settings.setProperty(ENDPOINT, "http://" + Ports.HOST + ":" + port);
        settings.setProperty("s3proxy.authorization", "aws-v2-or-v4");
        settings.setProperty("s3proxy.identity", accessKey);
        settings.setProperty(CREDENTIAL, secretKey);
        settings.setProperty("jclouds.provider", "filesystem-nio2");
        settings.setProperty(
                "jclouds.filesystem.basedir", objects.toAbsolutePath().toString());
        change.accept(settings);
        var text = new StringWriter();
        settings.store(text, null);
        return text.toString();
    }

    /** What the child needs, as files: a packed jar is of no use on a class path. */
    private static String classPath(Path directory) throws IOException {
        Path main = directory.resolve("classes");
        String name = S3Process.class.getName().replace('.', '/') + ".class";
        unpack(EmbeddedS3.class.getResource("S3Process.class"), main.resolve(name));
        return main.toAbsolutePath() + System.getProperty("path.separator") + jar(directory.resolve("s3proxy.jar"));
    }

    private static Path jar(Path copy) throws IOException {
        URL packed = EmbeddedS3.class.getResource("s3proxy.jar");
        if (packed == null) {
            throw new LocalServerException(
                    "this build carries no S3 server: set CARAVAN_S3_ENDPOINT, or build with" + " `mvn package`");
        }
        if (packed.getProtocol().toLowerCase(Locale.ROOT).equals("file")) {
            return Path.of(URI.create(packed.toString()));
        }
        unpack(packed, copy);
        return copy.toAbsolutePath();
    }

    private static void unpack(URL packed, Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try (InputStream in = packed.openStream()) {
            Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void awaitAnswer(Path log) throws IOException {
        long end = System.nanoTime() + START_LIMIT.toNanos();
        try {
            while (!answers()) {
                if (process.waitFor(PAUSE_MILLIS, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
                    close();
                    throw new LocalServerException("the embedded S3 server does not start: see what it says in "
                            + log.toAbsolutePath() + ", or set CARAVAN_S3_ENDPOINT to another server");
                }
            }
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new LocalServerException("interrupted while the embedded S3 server started", e);
        }
    }

    private boolean answers() {
        try {
            var connection = (HttpURLConnection) URI.create(endpoint()).toURL().openConnection();
            connection.setConnectTimeout(ANSWER_MILLIS);
            connection.setReadTimeout(ANSWER_MILLIS);
            // Whatever it says to a request without a signature, it is there.
            return connection.getResponseCode() > 0;
        } catch (IOException e) {
            return false;
        }
    }
}
