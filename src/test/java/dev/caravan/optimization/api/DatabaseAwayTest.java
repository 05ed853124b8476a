package dev.caravan.optimization.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.TestCaravan;
import dev.caravan.TestDatabase;
import dev.caravan.TestKafka;
import dev.caravan.TestPostgres;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DatabaseAwayTest {
    @Test
    void whileTheDatabaseIsAwayTheAnswerIsToComeBack() {
        try (var postgres = TestPostgres.start();
                var caravan = TestCaravan.start(
                        TestDatabase.create(postgres).migrate(),
                        RecommendationsApiTest.ROUTES,
                        Map.of("caravan.database.connect-timeout", "500ms"))) {
            var client = new RecommendationsClient(
                    caravan.http(""), "x-rh-identity", TestKafka.identity(TestCaravan.ORGANISATION));
            postgres.stopAtOnce();
            for (String path : List.of("", "?format=csv", "/namespace", "/workloads", "/" + UUID.randomUUID())) {
                assertThat(client.refusal(503, "/openshift" + path))
                        .isEqualTo("a server needed for this is away: try again later");
            }
            postgres.startAgain();
            // The pool finds it again when it looks next.
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() ->
                            assertThat(client.get("/openshift").get("data")).isEmpty());
        }
    }
}
