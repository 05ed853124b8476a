package dev.caravan.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.LocalServerException;
import dev.caravan.LocalServers.Request;
import dev.caravan.LocalServers.Server;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedServersTest {
    @TempDir
    private Path folder;

    @Test
    void theFirstStartsAllAndTheNextOneConnectsToThem() throws Exception {
        try (var first = EmbeddedServers.open(request(EnumSet.allOf(Server.class)))) {
            assertThat(first.settings())
                    .containsOnlyKeys(
                            "caravan.database.url",
                            "caravan.database.username",
                            "caravan.database.password",
                            "caravan.kafka.brokers",
                            "caravan.s3.endpoint",
                            "caravan.s3.region",
                            "caravan.s3.access-key",
                            "caravan.s3.secret-key",
                            "caravan.s3.intake-bucket",
                            "caravan.demo.organisation",
                            "caravan.demo.aliases.11111111-aaaa-4aaa-8aaa-000000000001",
                            "caravan.demo.aliases.22222222-aaaa-4aaa-8aaa-000000000002",
                            "logging.level.org.flywaydb.core.internal.database.base.Database",
                            "logging.level.org.apache.kafka.clients.NetworkClient",
                            "logging.level.org.apache.kafka.clients.producer.internals.Sender");
            assertThat(first.trial()).isPresent();
            Path file = folder.resolve("running.json");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            assertThat(Files.readString(file))
                    .contains("\"pid\" : " + ProcessHandle.current().pid());

            try (var second = EmbeddedServers.open(request(Set.of(Server.POSTGRESQL)))) {
                assertThat(second.settings()).isEqualTo(first.settings());
                assertThat(second.trial()).isEmpty();
            }
            assertThat(file).exists();
        }
        assertThat(folder.resolve("running.json")).doesNotExist();
    }

    @Test
    void aFileLeftByAKilledProcessDoesNotCount() throws Exception {
        new RunningServers(Long.MAX_VALUE, 0, Set.of(Server.S3), Map.of("caravan.s3.endpoint", "http://nobody"))
                .write(folder);

        try (var servers = EmbeddedServers.open(request(Set.of(Server.S3)))) {
            assertThat(servers.settings().get("caravan.s3.endpoint")).startsWith("http://127.0.0.1:");
        }
    }

    @Test
    void aProcessIdUsedAgainDoesNotCount() throws Exception {
        new RunningServers(ProcessHandle.current().pid(), 1, Set.of(), Map.of()).write(folder);

        assertThat(RunningServers.read(folder)).isEmpty();
    }

    @Test
    void aBusyDirectoryIsNamedWithTheNextStep() throws Exception {
        try (var channel =
                        FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var lock = channel.lock()) {
            assertThat(lock.isValid()).isTrue();
            assertThatThrownBy(() -> EmbeddedServers.open(request(Set.of(Server.S3)), Duration.ofMillis(200), 0))
                    .isInstanceOf(LocalServerException.class)
                    .hasMessage("the directory " + folder + " is in use by another process: wait until it has ended, or"
                            + " set CARAVAN_DATA to another directory");
        }
    }

    @Test
    void aFullDiskIsNamedWithTheNextStepAndNothingIsStarted() {
        assertThatThrownBy(() -> EmbeddedServers.open(request(Set.of(Server.S3)), Duration.ZERO, Long.MAX_VALUE))
                .isInstanceOf(LocalServerException.class)
                .hasMessageMatching("no room on the disk of " + folder + " \\(\\d+ MiB free, \\d+ MiB needed\\): free"
                        + " some, or set CARAVAN_DATA to a directory elsewhere");
        assertThat(folder).isDirectoryNotContaining("glob:**/{running.json,s3}");
    }

    private Request request(Set<Server> needed) {
        return new Request(folder, needed, Map.of());
    }
}
