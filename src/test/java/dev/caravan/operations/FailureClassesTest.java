package dev.caravan.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import dev.caravan.RouteApplication;
import dev.caravan.TestDatabase;
import dev.caravan.ledger.UnknownSourceException;
import dev.caravan.openshift.MonthMissingException;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.Delivery.Outcome;
import dev.caravan.payload.DownloadRefusedException;
import dev.caravan.payload.PoisonPayloadException;
import dev.caravan.payload.TransferFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.YearMonth;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.EndpointInject;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.test.spring.junit5.CamelSpringBootTest;
import org.apache.camel.test.spring.junit5.UseAdviceWith;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.transaction.TransactionSystemException;

/** What the on-failure routes make of each kind of failure, whatever route below an intake route it comes from. */
@CamelSpringBootTest
@UseAdviceWith
@SpringBootTest(classes = RouteApplication.class)
class FailureClassesTest {
    private static final Duration TOTAL_TIME = Duration.ofSeconds(2);
    private static final TestDatabase DATABASE = TestDatabase.createMigrated();

    @TempDir
    static Path folder;

    @Autowired
    private CamelContext camel;

    @Autowired
    private ProducerTemplate producer;

    @Autowired
    private JdbcTemplate jdbc;

    @EndpointInject("mock:ingest-payload")
    private MockEndpoint ingest;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        registry.add(
                "camel.main.routes-include-pattern",
                () -> "classpath:routes/intake/receive-given-file.yaml,"
                        + "classpath:routes/operations/on-failure-*.yaml");
        registry.add("caravan.database.url", DATABASE::url);
        registry.add("caravan.database.username", DATABASE::username);
        registry.add("caravan.spool", () -> folder.resolve("spool"));
        registry.add("caravan.quarantine.directory", () -> folder.resolve("quarantine")
                .toString());
        registry.add("caravan.retry.delay", () -> 5);
        registry.add("caravan.retry.attempts", () -> 3);
        registry.add("caravan.retry.total-time", TOTAL_TIME::toMillis);
    }

    @AfterAll
    static void dropDatabase() {
        DATABASE.close();
    }

    @BeforeEach
    void replaceWhatFails() throws Exception {
        if (!camel.isStarted()) {
            AdviceWith.adviceWith(camel, "receive-given-file", route -> {
                route.weaveByToUri("direct:ingest-payload").replace().to("mock:ingest-payload");
                // Not about archives here: the bytes are taken as they are.
                route.weaveById("spool-given").remove();
            });
            camel.start();
        }
        ingest.reset();
        jdbc.update("delete from caravan.quarantine");
        jdbc.update("delete from caravan.outbox");
    }

    static Stream<Arguments> kept() {
        return Stream.of(
                Arguments.of(new PoisonPayloadException("no-manifest", "it has none"), "no-manifest", "failure"),
                Arguments.of(new UnknownSourceException("who is it"), "unknown-source", "success"),
                Arguments.of(new SQLException("other bytes", "CV001"), "member-conflict", "failure"),
                Arguments.of(new SQLException("other files", "CV002"), "manifest-conflict", "failure"),
                Arguments.of(new IllegalStateException("a bug"), "internal-error", "failure"),
                Arguments.of(new SQLException("violated", "23514"), "internal-error", "failure"));
    }

    @ParameterizedTest
    @MethodSource("kept")
    void failureThatStaysIsKeptAtOnceWithItsReasonAndItsReply(Exception failure, String reason, String reply)
            throws IOException {
        Exchange done = send(() -> failure);
        assertThat(done.getException()).as("acknowledged").isNull();
        assertThat(ingest.getReceivedCounter()).as("attempts").isOne();
        assertThat(delivery(done).outcome()).isEqualTo(Outcome.QUARANTINED);
        assertThat(jdbc.queryForMap("select reason, message, origin from caravan.quarantine"))
                .contains(entry("reason", reason), entry("message", failure.getMessage()), entry("origin", "test"));
        assertThat(jdbc.queryForMap("select kind, message ->> 'validation' as said from caravan.outbox"))
                .contains(entry("kind", "validation-reply"), entry("said", reply));
    }

    static Stream<Exception> passing() {
        return Stream.of(
                new SQLException("gone", "08006"),
                new SQLException("deadlock", "40P01"),
                new SQLException("no room", "53100"),
                new SQLException("shutting down", "57P01"),
                new SQLException("locked", "55P03"),
                new SQLException("no partition of relation \"x\" found for row", "23514"),
                new SQLException("relation \"x_2026_10\" does not exist", "42P01"),
                new TransactionSystemException("rollback failed", new SQLException("Connection is closed")),
                new TransferFailedException("disk full", null));
    }

    @ParameterizedTest
    @MethodSource("passing")
    void failureThatPassesIsTriedAgainUntilItSucceeds(Exception failure) throws IOException {
        var failures = new AtomicInteger();
        Exchange done = send(() -> failures.getAndIncrement() < 2 ? failure : null);
        assertThat(done.getException()).isNull();
        assertThat(ingest.getReceivedCounter()).isEqualTo(3);
        assertThat(quarantined()).isZero();
    }

    @ParameterizedTest
    @MethodSource("passing")
    void failureThatDoesNotPassInTimeIsNeitherAcknowledgedNorKept(Exception failure) throws IOException {
        Exchange done = send(() -> failure);
        assertThat(done.getException()).isSameAs(failure);
        assertThat(ingest.getReceivedCounter()).as("the first and three more").isEqualTo(4);
        assertThat(quarantined()).isZero();
    }

    @Test
    void refusedDownloadIsTriedAgainAndKeptOnceTheTriesAreUsedUp() throws IOException {
        Exchange done = send(() -> new DownloadRefusedException("answered 404"));
        assertThat(done.getException()).as("acknowledged").isNull();
        assertThat(ingest.getReceivedCounter()).as("the first and three more").isEqualTo(4);
        assertThat(jdbc.queryForMap("select reason, message from caravan.quarantine"))
                .contains(entry("reason", "download-refused"), entry("message", "answered 404"));
        assertThat(jdbc.queryForObject("select message ->> 'validation' from caravan.outbox", String.class))
                .isEqualTo("failure");
    }

    /** A consumer that is busy for too long is taken for dead, and its messages go to another one. */
    @Test
    void payloadThatHasTakenTooLongIsNotTriedAgain() throws IOException {
        Exchange done = send(() -> {
            await().pollDelay(TOTAL_TIME).until(() -> true);
            return new TransferFailedException("slow", null);
        });
        assertThat(done.getException()).isInstanceOf(TransferFailedException.class);
        assertThat(ingest.getReceivedCounter()).isOne();
        assertThat(quarantined()).isZero();
    }

    @Test
    void monthNobodyAnnouncedIsTriedAgainAtOnce() throws IOException {
        var failures = new AtomicInteger();
        Exchange done = send(() ->
                failures.getAndIncrement() < 3 ? new MonthMissingException(YearMonth.of(2026, failures.get())) : null);
        assertThat(done.getException()).isNull();
        assertThat(ingest.getReceivedCounter()).isEqualTo(4);
        assertThat(quarantined()).isZero();
    }

    /** Sends a file; every attempt to ingest it asks for a failure, null being none. */
    private Exchange send(Supplier<Exception> failure) throws IOException {
        ingest.whenAnyExchangeReceived(exchange -> {
            Exception next = failure.get();
            if (next != null) {
                throw next;
            }
        });
        Path file = Files.writeString(folder.resolve("file"), "bytes");
        return producer.send("direct:receive-given-file", exchange -> {
            exchange.setProperty(Delivery.PROPERTY, new Delivery("test", null, "request", false));
            exchange.getMessage().setBody(file.toFile());
        });
    }

    private static Delivery delivery(Exchange exchange) {
        return exchange.getProperty(Delivery.PROPERTY, Delivery.class);
    }

    private int quarantined() {
        return jdbc.queryForObject("select count(*) from caravan.quarantine", Integer.class);
    }
}
