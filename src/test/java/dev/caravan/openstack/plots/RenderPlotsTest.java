package dev.caravan.openstack.plots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.RouteApplication;
import dev.caravan.TestCaravan;
import dev.caravan.openstack.plots.PlotData.LeadTime;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.jfree.chart.plot.XYPlot;
import org.jfree.data.time.TimeTableXYDataset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The route from rows of the database to files. */
class RenderPlotsTest {
    private static final int SMALLEST_FILE = 5000;

    private static TestCaravan caravan;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        caravan = TestCaravan.start(RouteApplication.PLOTS, Map.of());
    }

    @AfterAll
    static void stop() {
        caravan.close();
    }

    @BeforeEach
    void empty() {
        for (String table : List.of("site", "usage", "lease_lead_time", "lease_node_type")) {
            caravan.jdbc().update("delete from openstack." + table);
        }
    }

    @Test
    void everyPlotIsThereAsAReadableImageAndAsTextInSvg() throws Exception {
        addSite("chi_tacc", "CHI@TACC");
        addSite("chi_uc", "CHI@UC");
        addDays("chi_tacc", "current", "2019-12-20", 30);
        addDays("chi_tacc", "legacy", "2019-12-20", 30);
        addDays("chi_uc", "current", "2019-12-25", 30);
        addLease("chi_uc", "l1", "2020-01-02 10:00Z", 3600, 3600.0, "gpu");
        Path output = folder.resolve("made/output");
        List<Path> written = render(request(List.of(), null, null, null, output));
        assertThat(written.stream().map(file -> file.getFileName().toString()))
                .containsExactly(
                        "chi_tacc_legacy_facets.png",
                        "chi_tacc_legacy_facets.svg",
                        "chi_tacc_usage_stack.png",
                        "chi_tacc_usage_stack.svg",
                        "chi_uc_legacy_facets.png",
                        "chi_uc_legacy_facets.svg",
                        "chi_uc_usage_stack.png",
                        "chi_uc_usage_stack.svg",
                        "cross_site_usage.png",
                        "cross_site_usage.svg",
                        "lead_time.png",
                        "lead_time.svg");
        assertThat(files(output)).containsExactlyInAnyOrderElementsOf(written);
        for (Path file : written) {
            assertThat(file).satisfies(it -> assertThat(Files.size(it)).isGreaterThan(SMALLEST_FILE));
            if (file.toString().endsWith(".png")) {
                BufferedImage image = ImageIO.read(file.toFile());
                assertThat(image.getWidth()).isEqualTo(1920);
            } else {
                assertThat(PlotArtistTest.texts(file))
                        .as(file.toString())
                        .anyMatch(text -> text.startsWith("2019-12-20 to 2020-01-23 (UTC)"));
            }
        }
        assertThat(PlotArtistTest.texts(output.resolve("cross_site_usage.svg")))
                .contains("CHI@TACC used", "CHI@UC available", "no Blazar hosts before 2020");
        assertThat(PlotArtistTest.texts(output.resolve("lead_time.svg")))
                .contains("Lead time of leases: CHI@TACC, CHI@UC", "gpu");
    }

    @Test
    void whatIsDrawnIsWhatIsStored() {
        addSite("chi_uc", "CHI@UC");
        addDays("chi_uc", "current", "2024-01-01", 21);
        addDays("chi_uc", "legacy", "2024-01-01", 21);
        List<Plot> plots = draw(request(List.of("chi_uc"), "2024-01-03", "2024-01-20", 1));
        List<XYPlot> facets = PlotArtistTest.panels(plots.get(0));
        List<String> metrics = List.of("total", "reservable", "available_reservable", "committed", "idle");
        for (int i = 0; i < metrics.size(); i++) {
            for (String collector : List.of("legacy", "current")) {
                var drawn = (TimeTableXYDataset) facets.get(i).getDataset(collector.equals("current") ? 1 : 0);
                assertThat(values(drawn, 0))
                        .as(collector + " " + metrics.get(i))
                        .hasSize(18)
                        .isEqualTo(caravan.jdbc()
                                .queryForList(
                                        "select value from openstack.usage where metric = ? and collector_type = ? and resource = 'nodes'"
                                                + " and \"timestamp\" between '2024-01-03Z' and '2024-01-20Z'"
                                                + " order by \"timestamp\"",
                                        Double.class,
                                        metrics.get(i),
                                        collector));
                assertThat(drawn.getStartXValue(0, 0))
                        .isEqualTo(PlotRange.instant(LocalDate.of(2024, 1, 3)).toEpochMilli());
            }
        }
    }

    @Test
    void aBucketShowsTheCountAtItsStart() {
        addSite("chi_uc", "CHI@UC");
        addDays("chi_uc", "current", "2024-01-01", 21);
        List<Plot> plots = draw(request(List.of(), null, null, 7));
        var total =
                (TimeTableXYDataset) PlotArtistTest.panels(plots.get(0)).get(0).getDataset(1);
        assertThat(values(total, 0)).containsExactly(101.0, 108.0, 115.0);
        addDays("chi_uc", "current", "2016-01-01", 2000);
        PlotData data = caravan.bean(PlotReader.class).read(request(List.of(), null, null, null));
        assertThat(data.range().bucket()).as("as few days as can be told apart").isEqualTo(7);
        assertThat(data.sites().get(0).current()).hasSizeLessThanOrEqualTo(1000);
    }

    @Test
    void onlyTheSitesAskedForAreDrawn() {
        addSite("chi_tacc", "CHI@TACC");
        addSite("chi_uc", "CHI@UC");
        addDays("chi_tacc", "current", "2024-01-01", 3);
        addDays("chi_uc", "current", "2023-01-01", 3);
        PlotRequest request = request(List.of("chi_tacc"), null, null, null);
        assertThat(draw(request).stream().map(Plot::name))
                .containsExactly("chi_tacc_legacy_facets", "chi_tacc_usage_stack", "cross_site_usage", "lead_time");
        assertThat(caravan.bean(PlotReader.class).read(request).range())
                .isEqualTo(new PlotRange(LocalDate.of(2024, 1, 1), LocalDate.of(2024, 1, 3), 1));
        assertThatThrownBy(() -> render(request(List.of("chi_uc", "nobody"), null, null, null, folder)))
                .isInstanceOf(CamelExecutionException.class)
                .hasRootCauseMessage("there is no site nobody: there are chi_tacc, chi_uc");
    }

    @Test
    void withoutAnyDataThereAreChartsThatSaySo() throws Exception {
        List<Path> written = render(request(List.of(), null, null, null, folder));
        assertThat(written).hasSize(4);
        assertThat(PlotArtistTest.texts(folder.resolve("lead_time.svg"))).contains("no data");
        addSite("chi_uc", "CHI@UC");
        assertThat(render(request(List.of(), null, null, null, folder))).hasSize(8);
        addDays("chi_uc", "current", "2024-01-01", 3);
        render(request(List.of(), "2030-01-01", "2030-01-02", null, folder));
        assertThat(PlotArtistTest.texts(folder.resolve("chi_uc_usage_stack.svg")))
                .contains("no data", "2030-01-01 to 2030-01-02 (UTC), each day");
    }

    @Test
    void leasesAloneGiveTheDaysToo() {
        addSite("chi_uc", "CHI@UC");
        addLease("chi_uc", "l1", "2020-01-02 10:00Z", 3600, null, null);
        addLease("chi_uc", "l2", "2020-03-02 23:00Z", 7200, 7200.0, "gpu");
        PlotData data = caravan.bean(PlotReader.class).read(request(List.of(), null, null, null));
        assertThat(data.range()).isEqualTo(new PlotRange(LocalDate.of(2020, 1, 2), LocalDate.of(2020, 3, 2), 1));
        assertThat(data.leadTimes().stream().map(LeadTime::hours)).containsExactly(2.0, 1.0, 2.0);
    }

    @Test
    void manyLeasesAreFewPointsThatCountAllOfThem() throws Exception {
        addSite("chi_uc", "CHI@UC");
        caravan.jdbc()
                .update(
                        """
                        insert into openstack.lease_lead_time
                            (site, lease_id, created_at, requested_seconds, effective_seconds)
                        select 'chi_uc', n::text, timestamptz '2016-01-01Z' + n * interval '4 hours',
                            (n * 7919::bigint) % 104729 * 30, (n * 7919::bigint) % 104729 * 30
                        from generate_series(1, 20000) n
                        """);
        caravan.jdbc()
                .update(
                        """
                        insert into openstack.lease_node_type (site, lease_id, node_type, hosts)
                        select 'chi_uc', n::text, 'type ' || n % 40, 1
                        from generate_series(1, 20000) n
                        where n % 5 > 0
                        """);
        List<LeadTime> points = caravan.bean(PlotReader.class)
                .read(request(List.of(), null, null, null))
                .leadTimes();
        assertThat(points.stream().filter(LeadTime::requested).mapToLong(LeadTime::leases))
                .hasSizeLessThan(7000);
        for (boolean requested : List.of(true, false)) {
            assertThat(points.stream()
                            .filter(point -> point.requested() == requested)
                            .mapToLong(LeadTime::leases)
                            .sum())
                    .isEqualTo(20000);
        }
        render(request(List.of(), null, null, null, folder));
        assertThat(Files.size(folder.resolve("lead_time.svg"))).isLessThan(6_000_000);
    }

    @Test
    void filesAreReplacedAndNothingElseIsLeft() throws IOException {
        Path file = Files.writeString(folder.resolve("lead_time.svg"), "what was there");
        Path other = Files.writeString(folder.resolve("other.txt"), "stays");
        List<Path> written = render(request(List.of(), null, null, null, folder));
        assertThat(file).content().doesNotContain("what was there").startsWith("<?xml");
        assertThat(files(folder)).contains(other).hasSize(written.size() + 1);
    }

    @Test
    void aFolderThatCannotBeIsSaid() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> render(request(List.of(), null, null, null, file)))
                .cause()
                .isInstanceOf(PlotException.class)
                .hasMessageContaining("folder " + file + " cannot be made");
    }

    @SuppressWarnings("unchecked")
    private static List<Path> render(PlotRequest request) {
        return caravan.bean(ProducerTemplate.class).requestBody("direct:render-plots", request, List.class);
    }

    private static List<Plot> draw(PlotRequest request) {
        PlotData data = caravan.bean(PlotReader.class).read(request);
        return caravan.bean(PlotArtist.class).draw(data).plots();
    }

    private static PlotRequest request(List<String> sites, String from, String to, Integer bucket) {
        return request(sites, from, to, bucket, Path.of("output"));
    }

    private static PlotRequest request(List<String> sites, String from, String to, Integer bucket, Path output) {
        return new PlotRequest(
                sites,
                from == null ? null : LocalDate.parse(from),
                to == null ? null : LocalDate.parse(to),
                bucket,
                output);
    }

    private static List<Double> values(TimeTableXYDataset data, int series) {
        List<Double> values = new ArrayList<>();
        for (int item = 0; item < data.getItemCount(); item++) {
            values.add(data.getYValue(series, item));
        }
        return values;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static void addSite(String key, String name) {
        caravan.jdbc().update("insert into openstack.site (site, name) values (?, ?)", key, name);
    }

    /** The total is 101 on the first day and one more each day; the others are smaller, idle is negative at times. */
    private static void addDays(String site, String collector, String first, int days) {
        caravan.jdbc()
                .update(
                        """
                        insert into openstack.usage (metric, resource, site, collector_type, "timestamp", value)
                        select m.metric, r.resource, ?, ?, ?::timestamptz + n * interval '1 day',
                            case when r.resource = 'nodes' then m.value else 100000 end
                        from generate_series(0, ? - 1) n
                        cross join lateral (
                            values ('total', 101 + n), ('reservable', 80 + n % 5), ('committed', 60 + n % 7),
                                ('occupied_reservation', 55 + n % 11), ('occupied_ondemand', n % 3),
                                ('available_reservable', 20 + n % 5 - n % 7), ('idle', 5 + n % 7 - n % 11)
                        ) m (metric, value)
                        cross join (values ('nodes'), ('vcpus')) r (resource)
                        """,
                        site, collector, first + " 00:00Z", days);
    }

    private static void addLease(
            String site, String id, String asked, double requested, Double effective, String nodeType) {
        caravan.jdbc()
                .update(
                        """
                        insert into openstack.lease_lead_time
                            (site, lease_id, created_at, requested_seconds, effective_seconds)
                        values (?, ?, ?::timestamptz, ?, ?)
                        """,
                        site,
                        id,
                        asked,
                        requested,
                        effective);
        if (nodeType != null) {
            caravan.jdbc()
                    .update(
                            "insert into openstack.lease_node_type (site, lease_id, node_type, hosts) values (?, ?, ?, 1)",
                            site,
                            id,
                            nodeType);
        }
    }
}
