package dev.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import dev.caravan.cli.Shell.Result;
import dev.caravan.database.OrganisationDatabase;
import dev.caravan.openstack.DemoSite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The timeline of a site as a person gets it. */
class OpenstackTimelineTest {
    private static final String DEMO = "openstack timeline --site demo --from 2024-01-01 --to 2024-01-20";

    @TempDir
    private static Path folder;

    private static OrganisationDatabase database;
    private static Shell shell;

    @BeforeAll
    static void start() throws IOException {
        database = OrganisationDatabase.create();
        DemoSite.insert(database, "demo");
        database.insert("openstack.site", Map.of("site", "waiting", "name", "Waiting"));
        database.jdbc()
                .queryForList("select caravan.build_timelines('demo', '2024-01-01Z', '2024-01-21Z', '2024-01-21Z')");
        database.commit();
        shell = Shell.on(database.database(), folder);
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @Test
    void theDaysOfTheDemoSiteAreThoseThatFollowByHand() throws IOException {
        Result result = run(DEMO);
        List<String> expected = new ArrayList<>();
        for (NamedCsvRecord day : DemoSite.expectedDays()) {
            day.getFieldsAsMap().forEach((name, value) -> {
                if (!name.equals("day")) {
                    expected.add("demo," + day.getField("day") + "T00:00:00Z,current," + name + "," + value);
                }
            });
        }
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.lines().get(0)).isEqualTo("site,timestamp,collector_type,count_type,value");
        assertThat(result.lines().stream().filter(line -> line.contains(",current,")))
                .containsExactlyInAnyOrderElementsOf(expected);
        assertThat(result.err()).contains("rows written: 300");
    }

    @Test
    void allResourcesHaveAColumnThatSaysWhichIsCounted() {
        assertThat(run(DEMO + " --resource all --bucket 7d").lines())
                .hasSize(1 + 3 * (45 + 6))
                .contains(
                        "metric,resource,site,collector_type,timestamp,value",
                        "total,memory_mb,demo,current,2024-01-08T00:00:00Z,720896");
        assertThat(run(DEMO + " --resource memory_mb --bucket 7d").lines())
                .contains("demo,2024-01-08T00:00:00Z,current,total,720896");
    }

    @Test
    void everyMomentOfChangeIsARowWithoutBuckets() {
        assertThat(run(DEMO + " --bucket none").lines().stream().filter(line -> line.contains(",current,")))
                .hasSize(189)
                .contains("demo,2024-01-14T23:59:00Z,current,occupied_ondemand,0.125");
    }

    @Test
    void meansAreWeightedByTime() {
        assertThat(run(DEMO + " --mode mean --bucket 1d").lines())
                .contains(
                        "demo,2024-01-06T00:00:00Z,current,committed,3.0833333333333335",
                        "demo,2024-01-01T00:00:00Z,current,committed,");
    }

    @Test
    void jsonSaysWhatItIsOf() throws IOException {
        Path file = folder.resolve("demo.json");
        Result result = run(DEMO + " --format json --output " + file);
        assertThat(result.out()).isEmpty();
        assertThat(run("openstack timeline --site demo --from 2017-12-31 --to 2017-12-31 --format json")
                        .out())
                .contains("\"known_gaps\":[{\"label\":\"no Nova hosts before 2018\",\"before\":\"2018-01-01\","
                        + "\"metrics\":[\"total\"]},");
        JsonNode json = JsonMapper.builder().build().readTree(Files.readString(file));
        assertThat(json.path("site").asText()).isEqualTo("demo");
        assertThat(json.path("bucket_seconds").asInt()).isEqualTo(86400);
        assertThat(json.path("known_gaps")).isEmpty();
        assertThat(json.path("usage")).hasSize(300);
        assertThat(json.path("usage").get(0).toString())
                .isEqualTo("{\"timestamp\":\"2024-01-01T00:00:00Z\",\"collector_type\":\"current\","
                        + "\"count_type\":\"available_ondemand\",\"value\":1.0}");
    }

    @Test
    void tenYearsAreThreeThousandSixHundredAndFiftyThreeDays() {
        Result result = run("openstack timeline --site demo --from 2016-01-01 --to 2025-12-31");
        List<String> lines = result.lines();
        assertThat(lines.stream().filter(line -> line.contains(",current,total,")))
                .hasSize(3653)
                .startsWith("demo,2016-01-01T00:00:00Z,current,total,0")
                .endsWith("demo,2025-12-31T00:00:00Z,current,total,4");
        assertThat(result.err())
                .contains(
                        "known gap: no Nova hosts before 2018 (total before 2018-01-01)",
                        "known gap: no Blazar hosts before 2020 (reservable before 2020-01-01)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "--site none --from 2024-01-01 --to 2024-01-20; site none has sent no tables yet",
                "--site waiting --from 2024-01-01 --to 2024-01-20; are not built yet",
                "--site demo --from 2024-01-20 --to 2024-01-01; comes after --to",
                "--site demo --from 2024-01-01 --to 2024-01-20 --bucket 0d; no length of a bucket",
                "--site demo --from 2024-01-01 --to 2024-01-20 --bucket soon; no length of a bucket",
                "--site demo --from 2016-01-01 --to 2024-01-20 --bucket 1m; more than 1000000 buckets",
                "--site demo --from 2024-01-01 --to 2024-01-20 --bucket none --mode mean; needs buckets",
                "--site demo --from 2024-01-01 --to 2024-01-20 --mode median; median"
            })
    void wrongUseIsSaidWithTheNextStep(String arguments, String message) {
        Result result = run("openstack timeline " + arguments);
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains(message);
    }

    private static Result run(String command) {
        return shell.run(command.split(" "));
    }
}
