package dev.caravan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** The house rules of the route files, which no compiler keeps. */
class RouteFilesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void fileNameIsTheRouteIdAndEveryRouteSaysWhatItIsFor() throws IOException {
        for (var file : files().entrySet()) {
            JsonNode first = file.getValue().get(0);
            JsonNode route = first.elements().next();
            assertThat(file.getValue()).as("one route in %s", file.getKey()).hasSize(1);
            assertThat(route.path("id").asText()).as("id in %s", file.getKey()).isEqualTo(name(file.getKey()));
            // Camel hands a description of a contract on to an endpoint that does not know it.
            assertThat(route.path(first.has("rest") ? "note" : "description").asText())
                    .as("description in %s", file.getKey())
                    .isNotBlank();
            if (first.has("route")) {
                assertThat(route.path("group").asText())
                        .as("group in %s", file.getKey())
                        .isNotBlank();
            }
        }
    }

    @Test
    void everyDirectEndpointHasItsRoute() throws IOException {
        var names = files().keySet().stream().map(RouteFilesTest::name).toList();
        for (var file : files().entrySet()) {
            for (JsonNode uri : file.getValue().findValues("uri")) {
                if (uri.asText().startsWith("direct:")) {
                    assertThat(names)
                            .as("%s calls %s", file.getKey(), uri.asText())
                            .contains(uri.asText().substring("direct:".length()));
                }
            }
        }
    }

    /** An operation of a contract is the route of that name. */
    @Test
    void everyContractIsServedAndEachOfItsOperationsHasItsRoute() throws IOException {
        var names = files().keySet().stream().map(RouteFilesTest::name).toList();
        List<String> served = new ArrayList<>();
        for (JsonNode file : files().values()) {
            for (String contract : file.findValuesAsText("specification")) {
                assertThat(contract).startsWith("classpath:openapi/");
                JsonNode document = JSON.readTree(
                        Files.readString(Path.of("src/main/resources", contract.substring("classpath:".length()))));
                assertThat(names).containsAll(document.findValuesAsText("operationId"));
                served.add(Path.of(contract).getFileName().toString());
            }
        }
        try (var documents = Files.list(Path.of("src/main/resources/openapi"))) {
            assertThat(documents.map(document -> document.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(served);
        }
    }

    @Test
    void optionsStandInParametersAndNotInQueryStrings() throws IOException {
        for (var file : files().entrySet()) {
            assertThat(file.getValue().findValuesAsText("uri"))
                    .as(file.getKey().toString())
                    .noneMatch(uri -> uri.contains("?"));
        }
    }

    /** Its default commits in the middle of the transaction and closes its connection. */
    @Test
    void noStatementCommitsOnItsOwn() throws IOException {
        List<String> checked = new ArrayList<>();
        for (var file : files().entrySet()) {
            for (JsonNode step : file.getValue().findParents("uri")) {
                if (step.get("uri").asText().startsWith("spring-jdbc:")) {
                    assertThat(step.path("parameters").path("resetAutoCommit").asText())
                            .as(file.getKey().toString())
                            .isEqualTo("false");
                    checked.add(file.getKey().toString());
                }
            }
        }
        assertThat(checked).isNotEmpty();
    }

    private static Map<Path, JsonNode> files() throws IOException {
        Map<Path, JsonNode> files = new TreeMap<>();
        try (var found = Files.walk(Path.of("routes"))) {
            for (Path file :
                    found.filter(path -> path.toString().endsWith(".yaml")).toList()) {
                files.put(file, JSON.valueToTree(new Yaml().load(Files.readString(file))));
            }
        }
        return files;
    }

    private static String name(Path file) {
        return file.getFileName().toString().replace(".yaml", "");
    }
}
