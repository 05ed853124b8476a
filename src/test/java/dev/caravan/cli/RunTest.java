package dev.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.TestDatabase;
import dev.caravan.cli.Shell.Result;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A start that cannot succeed. */
class RunTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"caravan.s3.ca-file, CARAVAN_S3_CA_FILE", "caravan.kafka.ca-file, CARAVAN_KAFKA_CA_FILE"})
    @Timeout(30)
    void fileOfCertificatesThatIsNotThereIsOneLineAndTheEnd(String setting, String variable) {
        Path missing = folder.resolve("missing.pem");
        try (var database = TestDatabase.createMigrated()) {
            Result result = Shell.on(database, folder)
                    .with("caravan.kafka.brokers", "127.0.0.1:1")
                    .with("caravan.kafka.security-protocol", "SSL")
                    .with("caravan.s3.endpoint", "https://127.0.0.1:1")
                    .with("caravan.inbox.directory", folder.resolve("inbox"))
                    .with("caravan.http.port", 0)
                    .with(setting, missing)
                    .run("run");

            assertThat(result.err().lines())
                    .containsExactly("caravan: cannot read the certificates to trust from " + missing
                            + " (there is no such file): set " + variable
                            + " to a PEM file with the authority's certificate");
            assertThat(result.code()).isEqualTo(2);
            assertThat(result.out()).isEmpty();
        }
    }
}
