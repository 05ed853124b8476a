package dev.caravan.openstack.plots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.caravan.TestSettings;
import dev.caravan.chart.ChartSheet;
import dev.caravan.openstack.plots.PlotData.Counts;
import dev.caravan.openstack.plots.PlotData.LeadTime;
import dev.caravan.openstack.plots.PlotData.Site;
import dev.caravan.openstack.plots.PlotData.Utilization;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jfree.chart.plot.CombinedDomainXYPlot;
import org.jfree.chart.plot.IntervalMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.ui.Layer;
import org.jfree.data.time.TimeTableXYDataset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.NodeList;

/** How charts look, whatever they show. */
class PlotArtistTest {
    private static final LocalDate NEW_YEAR = LocalDate.of(2024, 1, 1);
    private static final PlotRange DAYS = PlotRange.of(NEW_YEAR, NEW_YEAR.plusDays(2), null);
    private static final Color GREEN = new Color(0x009e73);

    private final PlotArtist artist = new PlotArtist(TestSettings.with(Map.of()));

    @TempDir
    private Path folder;

    @Test
    void facetsHaveAPanelForEachKindAndLegacyIsDashedInTheSameColourAtHalfOpacity() {
        Plot plot = draw(site("chi_uc", "CHI@UC", counts(0, 10, 8, 5, 3, 1)), "chi_uc_legacy_facets");
        assertThat(panels(plot).stream().map(panel -> panel.getRangeAxis().getLabel()))
                .containsExactly(
                        "total (nodes)",
                        "reservable (nodes)",
                        "available (nodes)",
                        "committed (nodes)",
                        "idle (nodes)",
                        "occupied (nodes)");
        for (XYPlot panel : panels(plot)) {
            assertThat(panel.getDataset(0).getSeriesKey(0)).isEqualTo("legacy");
            assertThat(panel.getDataset(1).getSeriesKey(0)).isEqualTo("current");
            var legacy = (Color) panel.getRenderer(0).getSeriesPaint(0);
            var current = (Color) panel.getRenderer(1).getSeriesPaint(0);
            assertThat(legacy.getRGB() & 0xffffff).isEqualTo(current.getRGB() & 0xffffff);
            assertThat(legacy.getAlpha()).isEqualTo(128);
            assertThat(current.getAlpha()).isEqualTo(255);
            assertThat(stroke(panel, 0, 0).getDashArray()).containsExactly(4, 4);
            assertThat(stroke(panel, 1, 0).getDashArray()).isNull();
        }
        assertThat(values(panels(plot), 1)).containsExactly(10.0, 8.0, 3.0, 5.0, 2.0, 4.0);
    }

    @Test
    void aSiteWithoutLegacyReportsSaysSoAndShowsItsOwnCounts() throws Exception {
        var site = new Site("lab", "Lab", List.of(counts(0, 10, 8, 5, 3, 1)), List.of(), List.of());
        Plot plot = draw(site, "lab_legacy_facets");
        assertThat(values(panels(plot), 1)).containsExactly(10.0, 8.0, 3.0, 5.0, 2.0, 4.0);
        assertThat(texts(plot))
                .contains("there are no legacy reports of these days")
                .noneMatch(isLegacyLine());
        assertThat(texts(draw(site("lab", "Lab", counts(0, 1, 1, 1, 1, 1)), "lab_legacy_facets")))
                .anyMatch(isLegacyLine());
        assertThat(texts(draw(site, "lab_usage_stack"))).doesNotContain("legacy reservable");
    }

    @Test
    void theStackHasABlackTotalADashedReservableAndALegacyLineOverFourAreas() {
        XYPlot panel = panels(draw(site("chi_uc", "CHI@UC", counts(0, 10, 8, 5, 3, 1)), "chi_uc_usage_stack"))
                .get(0);
        assertThat(series(panel, 0)).containsExactly("used", "idle", "available", "maintenance");
        assertThat(firstValues(panel, 0)).containsExactly(4.0, 2.0, 3.0, 1.0);
        assertThat(panel.getRenderer(0).getSeriesPaint(0)).isEqualTo(GREEN);
        assertThat(series(panel, 1)).containsExactly("total", "reservable", "legacy reservable");
        assertThat(firstValues(panel, 1)).containsExactly(10.0, 8.0, 7.0);
        assertThat(panel.getRenderer(1).getSeriesPaint(0)).isEqualTo(Color.BLACK);
        assertThat(panel.getRenderer(1).getSeriesPaint(1)).isEqualTo(Color.BLACK);
        assertThat(stroke(panel, 1, 0).getDashArray()).isNull();
        assertThat(stroke(panel, 1, 1).getDashArray()).isNotNull();
        assertThat(stroke(panel, 1, 2).getDashArray())
                .isNotEqualTo(stroke(panel, 1, 1).getDashArray());
    }

    @Test
    void whatIsLeftOfASiteForServersOnDemandIsNoMaintenance() {
        assertThat(series(
                        panels(draw(site("kvm_uc", "KVM", counts(0, 10, 4, 3, 3, 5)), "kvm_uc_usage_stack"))
                                .get(0),
                        0))
                .containsExactly("used", "idle", "available", "available on demand");
    }

    @Test
    void negativeCountsTakeNoRoomInStacksAndFacetsShowThem() {
        Site site = site("chi_uc", "CHI@UC", counts(0, 6, 4, 5, 7, 1));
        assertThat(firstValues(panels(draw(site, "chi_uc_usage_stack")).get(0), 0))
                .as("2 beyond what is committed, 1 beyond what is reservable")
                .containsExactly(8.0, 0.0, 0.0, 0.0);
        assertThat(values(panels(draw(site, "chi_uc_legacy_facets")), 1)).contains(-1.0, -2.0);
        var utilization = new Utilization(DAYS.start(), 4, -1, -2, 50.0);
        var cross = new Site("chi_uc", "CHI@UC", List.of(), List.of(), List.of(utilization));
        assertThat(firstValues(panels(draw(cross, "cross_site_usage")).get(0), 0))
                .containsExactly(0.0, 0.0);
    }

    @Test
    void aCountHoldsUntilTheNextAndTheLastToTheEndOfTheRange() {
        var range = new PlotRange(NEW_YEAR, NEW_YEAR.plusDays(9), 7);
        List<Counts> rows = List.of(counts(0, 10, 8, 5, 3, 1), counts(7, 12, 8, 5, 3, 1));
        var site = new Site("chi_uc", "CHI@UC", rows, List.of(), List.of());
        XYPlot total = panels(draw(data(range, site), "chi_uc_legacy_facets")).get(0);
        var counts = (TimeTableXYDataset) total.getDataset(1);
        assertThat(counts.getItemCount()).isEqualTo(2);
        assertThat(counts.getStartXValue(0, 0)).isEqualTo(millis(0));
        assertThat(counts.getEndXValue(0, 0)).isEqualTo(millis(7));
        assertThat(counts.getEndXValue(0, 1)).isEqualTo(millis(10));
        assertThat(total.getDomainAxis().getLowerBound()).isEqualTo(millis(0));
        assertThat(total.getDomainAxis().getUpperBound()).isEqualTo(millis(10));
    }

    @Test
    void sitesHaveTheirColoursDarkForUsedAndLightForAvailable() {
        List<Site> sites = new ArrayList<>();
        for (String key : List.of("chi_tacc", "chi_uc", "kvm_tacc", "lab_a", "lab_b")) {
            sites.add(new Site(key, key, List.of(), List.of(), List.of(new Utilization(DAYS.start(), 4, 3, 1, 75.0))));
        }
        var data = new PlotData(
                request(), DAYS, sites, List.of(new Utilization(DAYS.start(), 20, 15, 5, 75.0)), List.of());
        List<XYPlot> panels = panels(draw(data, "cross_site_usage"));
        assertThat(series(panels.get(0), 0))
                .containsExactly(
                        "chi_tacc used",
                        "chi_uc used",
                        "kvm_tacc used",
                        "lab_a used",
                        "lab_b used",
                        "chi_tacc available",
                        "chi_uc available",
                        "kvm_tacc available",
                        "lab_a available",
                        "lab_b available");
        var paints = panels.get(0).getRenderer(0);
        List<float[]> hues = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            float[] used = hsb((Color) paints.getSeriesPaint(i));
            float[] available = hsb((Color) paints.getSeriesPaint(i + 5));
            assertThat(used[0]).as("same hue").isCloseTo(available[0], within(0.05f));
            assertThat(available[1]).as("lighter").isLessThan(used[1]);
            hues.add(used);
        }
        assertThat(hues.get(0)[0] * 360).as("orange").isBetween(20f, 40f);
        assertThat(hues.get(1)[0] * 360).as("green").isBetween(100f, 160f);
        assertThat(hues.get(2)[0] * 360).as("yellow").isBetween(42f, 60f);
        assertThat(hues.stream().map(hue -> hue[0])).doesNotHaveDuplicates();
        assertThat(firstValues(panels.get(0), 1)).containsExactly(20.0);
        assertThat(panels.get(0).getRenderer(1).getSeriesPaint(0)).isEqualTo(Color.BLACK);
        assertThat(series(panels.get(1), 0)).endsWith("together");
        assertThat(panels.get(1).getRenderer(0).getSeriesPaint(5)).isEqualTo(Color.BLACK);
        assertThat(panels.get(1).getRangeMarkers(Layer.BACKGROUND)).hasSize(1);
    }

    @Test
    void leadTimesAreFilledOrHollowAndColouredByNodeType() {
        List<LeadTime> points = List.of(
                new LeadTime(true, "gpu", true, DAYS.start(), 24, 1),
                new LeadTime(true, "cpu", true, DAYS.start(), 2000, 400),
                new LeadTime(true, null, false, DAYS.start(), 24, 1),
                new LeadTime(true, null, true, DAYS.start(), 24, 1),
                new LeadTime(false, "cpu", true, DAYS.start(), 24, 1));
        var data = new PlotData(request(), DAYS, List.of(), List.of(), points);
        List<XYPlot> panels = panels(draw(data, "lead_time"));
        assertThat(series(panels.get(0), 0)).containsExactly("other node types", "unknown node type", "gpu", "cpu");
        assertThat(series(panels.get(1), 0)).containsExactly("cpu");
        var requested = (XYLineAndShapeRenderer) panels.get(0).getRenderer();
        var effective = (XYLineAndShapeRenderer) panels.get(1).getRenderer();
        assertThat(requested.getItemShapeFilled(0, 0)).isTrue();
        assertThat(effective.getItemShapeFilled(0, 0)).isFalse();
        assertThat(rgb(requested, 3)).isEqualTo(rgb(effective, 0)).isNotEqualTo(rgb(requested, 2));
        assertThat(hsb((Color) requested.getSeriesPaint(1))[1]).as("grey").isZero();
        assertThat(requested.getItemShape(3, 0).getBounds2D().getWidth())
                .isGreaterThan(requested.getItemShape(2, 0).getBounds2D().getWidth());
        assertThat(panels.get(0).getDataset().getYValue(3, 0)).isEqualTo(2000);
        assertThat(panels.get(0).getRangeAxis()).isInstanceOf(LeadTimeAxis.class);
        assertThat(panels.get(0).getRangeAxis().getRange())
                .isEqualTo(panels.get(1).getRangeAxis().getRange());
    }

    @Test
    void knownGapsAreShownWhereTheRangeReachesIntoThemAndTheyConcernThePanel() throws Exception {
        var range = new PlotRange(LocalDate.of(2019, 1, 1), LocalDate.of(2021, 1, 1), 1);
        var site = new Site("chi_uc", "CHI@UC", List.of(), List.of(), List.of());
        List<XYPlot> panels = panels(draw(data(range, site), "chi_uc_legacy_facets"));
        assertThat(gaps(panels.get(0))).isEmpty();
        assertThat(gaps(panels.get(1))).containsExactly("no Blazar hosts before 2020");
        assertThat(gaps(panels.get(2))).containsExactly("no Blazar hosts before 2020");
        assertThat(gaps(panels.get(3))).isEmpty();
        var marker = (IntervalMarker)
                panels.get(1).getDomainMarkers(Layer.FOREGROUND).iterator().next();
        assertThat(marker.getStartValue()).isEqualTo(range.start().toEpochMilli());
        assertThat(marker.getEndValue())
                .isEqualTo(PlotRange.instant(LocalDate.of(2020, 1, 1)).toEpochMilli());
        var early = new PlotRange(LocalDate.of(2016, 1, 1), LocalDate.of(2021, 1, 1), 7);
        Plot stack = draw(data(early, site), "chi_uc_usage_stack");
        assertThat(texts(stack)).contains("no Nova hosts before 2018", "no Blazar hosts before 2020");
        var late = new PlotRange(LocalDate.of(2020, 1, 1), LocalDate.of(2021, 1, 1), 1);
        assertThat(gaps(panels(draw(data(late, site), "chi_uc_usage_stack")).get(0)))
                .isEmpty();
    }

    @Test
    void knownGapsAreASetting() {
        var other = new PlotArtist(TestSettings.with(Map.of(
                "caravan.openstack.known-gaps[0].label", "no counts <yet>",
                "caravan.openstack.known-gaps[0].before", "2024-01-02",
                "caravan.openstack.known-gaps[0].metrics", "committed,total")));
        List<XYPlot> panels = panels(find(
                other.draw(data(DAYS, site("chi_uc", "CHI@UC", counts(0, 1, 1, 1, 1, 1)))), "chi_uc_legacy_facets"));
        assertThat(panels.stream().map(PlotArtistTest::gaps).map(List::size)).containsExactly(1, 0, 1, 1, 1, 0);
        assertThatThrownBy(() -> TestSettings.with(Map.of(
                        "caravan.openstack.known-gaps[0].label", "x",
                        "caravan.openstack.known-gaps[0].before", "2024-01-02",
                        "caravan.openstack.known-gaps[0].metrics", "everything")))
                .hasRootCauseMessage("caravan.openstack.known-gaps names [everything]: its metrics are total,"
                        + " reservable, committed, occupied_reservation and occupied_ondemand");
    }

    @Test
    void titlesSayTheDaysAndTheBucket() throws Exception {
        Site site = site("chi_uc", "CHI@UC", counts(0, 10, 8, 5, 3, 1));
        for (String plot : List.of("chi_uc_legacy_facets", "chi_uc_usage_stack", "cross_site_usage")) {
            assertThat(texts(draw(site, plot))).contains("2024-01-01 to 2024-01-03 (UTC), each day");
        }
        assertThat(texts(draw(site, "chi_uc_usage_stack")))
                .contains("CHI@UC: usage of nodes", "total", "reservable", "legacy reservable")
                .contains("maintenance", "available", "idle", "used", "nodes");
        PlotRange decade = PlotRange.of(LocalDate.of(2016, 1, 1), LocalDate.of(2025, 12, 31), null);
        var empty = new Site("chi_uc", "CHI@UC", List.of(), List.of(), List.of());
        assertThat(texts(draw(data(decade, empty), "cross_site_usage")))
                .contains("2016-01-01 to 2025-12-31 (UTC), every 7 days", "2016", "2025", "% used");
    }

    @Test
    void namesFromOutsideStayTextWhateverIsInThem() throws Exception {
        String hostile = "<script>&amp;\"'\u0000\u0001\u202e\ud800\uffff " + "x".repeat(500);
        var utilization = new Utilization(DAYS.start(), 4, 3, 1, 75.0);
        Counts row = counts(0, 10, 8, 5, 3, 1);
        var site = new Site("chi_uc", hostile, List.of(row), List.of(row), List.of(utilization));
        var data = new PlotData(
                request(),
                DAYS,
                List.of(site),
                List.of(utilization),
                List.of(new LeadTime(true, hostile, true, DAYS.start(), 24, 1)));
        for (Plot plot : artist.draw(data).plots()) {
            assertThat(texts(plot))
                    .as(plot.name())
                    .anyMatch(text -> text.contains("<script>&amp;\"' xxx"))
                    .noneMatch(text -> text.length() > 200);
        }
    }

    @Test
    void aNameOfNothingThatCanBeShownIsNoTrouble() throws Exception {
        var leadTime = new LeadTime(true, "", true, DAYS.start(), 24, 1);
        Site site = site("chi_uc", "\u0000\n", counts(0, 10, 8, 5, 3, 1));
        for (Plot plot : artist.draw(
                        new PlotData(request(), DAYS, List.of(site), site.utilization(), List.of(leadTime)))
                .plots()) {
            assertThat(texts(plot)).as(plot.name()).anyMatch(text -> text.contains("(no name)"));
        }
    }

    @Test
    void whereThereIsNothingChartsSaySo() throws Exception {
        var nothing = new PlotData(
                request(),
                null,
                List.of(new Site("chi_uc", "CHI@UC", List.of(), List.of(), List.of())),
                List.of(),
                List.of());
        assertThat(artist.draw(nothing).plots().stream().map(Plot::name))
                .containsExactly("chi_uc_legacy_facets", "chi_uc_usage_stack", "cross_site_usage", "lead_time");
        for (Plot plot : artist.draw(nothing).plots()) {
            assertThat(texts(plot)).as(plot.name()).contains("no data");
        }
        var empty = new PlotData(request(), DAYS, nothing.sites(), List.of(), List.of());
        for (Plot plot : artist.draw(empty).plots()) {
            assertThat(texts(plot)).as(plot.name()).contains("no data");
        }
        var zero = data(DAYS, site("chi_uc", "CHI@UC", counts(0, 0, 0, 0, 0, 0)));
        for (Plot plot : artist.draw(zero).plots()) {
            texts(plot);
        }
    }

    @Test
    void nothingButASiteBecomesPartOfAFileName() {
        for (String site : List.of("../x", "a/b", "", "A", "1a", "a".repeat(64), "a b", "a\nb")) {
            assertThatThrownBy(() -> new PlotRequest(List.of(site), null, null, null, folder))
                    .isInstanceOf(PlotException.class)
                    .hasMessageContaining("is no key of a site");
        }
    }

    private static PlotRequest request() {
        return new PlotRequest(List.of(), null, null, null, Path.of("output"));
    }

    private static PlotData data(PlotRange range, Site site) {
        return new PlotData(request(), range, List.of(site), site.utilization(), List.of());
    }

    /** With a legacy row that is 1 less in everything. */
    private static Site site(String key, String name, Counts current) {
        var legacy = new Counts(
                current.at(),
                current.total() - 1,
                current.reservable() - 1,
                current.committed() - 1,
                current.occupiedReservation() - 1,
                null,
                current.available() - 1,
                current.idle() - 1);
        return new Site(
                key, name, List.of(current), List.of(legacy), List.of(new Utilization(current.at(), 4, 3, 1, 75.0)));
    }

    private static Counts counts(
            int day, double total, double reservable, double committed, double reserved, double ondemand) {
        return new Counts(
                Instant.ofEpochMilli(millis(day)),
                total,
                reservable,
                committed,
                reserved,
                ondemand,
                reservable - committed,
                committed - reserved);
    }

    private static long millis(int day) {
        return PlotRange.instant(NEW_YEAR.plusDays(day)).toEpochMilli();
    }

    private Plot draw(Site site, String name) {
        return draw(data(DAYS, site), name);
    }

    private Plot draw(PlotData data, String name) {
        return find(artist.draw(data), name);
    }

    private static Plot find(Plots plots, String name) {
        return plots.plots().stream()
                .filter(plot -> plot.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    static List<XYPlot> panels(Plot plot) {
        List<XYPlot> panels = new ArrayList<>();
        for (Object panel : ((CombinedDomainXYPlot) plot.chart().getPlot()).getSubplots()) {
            panels.add((XYPlot) panel);
        }
        return panels;
    }

    private static List<String> series(XYPlot panel, int dataset) {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < panel.getDataset(dataset).getSeriesCount(); i++) {
            keys.add(panel.getDataset(dataset).getSeriesKey(i).toString());
        }
        return keys;
    }

    private static List<Double> firstValues(XYPlot panel, int dataset) {
        List<Double> values = new ArrayList<>();
        for (int i = 0; i < panel.getDataset(dataset).getSeriesCount(); i++) {
            values.add(panel.getDataset(dataset).getYValue(i, 0));
        }
        return values;
    }

    private static List<Double> values(List<XYPlot> panels, int dataset) {
        return panels.stream()
                .map(panel -> panel.getDataset(dataset).getYValue(0, 0))
                .toList();
    }

    private static BasicStroke stroke(XYPlot panel, int renderer, int series) {
        return (BasicStroke) panel.getRenderer(renderer).getSeriesStroke(series);
    }

    private static int rgb(XYLineAndShapeRenderer renderer, int series) {
        return ((Color) renderer.getSeriesPaint(series)).getRGB() & 0xffffff;
    }

    private static float[] hsb(Color color) {
        return Color.RGBtoHSB(color.getRed(), color.getGreen(), color.getBlue(), null);
    }

    private static List<String> gaps(XYPlot panel) {
        List<String> labels = new ArrayList<>();
        if (panel.getDomainMarkers(Layer.FOREGROUND) != null) {
            for (Object marker : panel.getDomainMarkers(Layer.FOREGROUND)) {
                if (((IntervalMarker) marker).getLabel() != null) {
                    labels.add(((IntervalMarker) marker).getLabel());
                }
            }
        }
        return labels;
    }

    private static Predicate<String> isLegacyLine() {
        return text -> text.equals("legacy: the former daily reports");
    }

    /** What can be read on it, as SVG has it. */
    private List<String> texts(Plot plot) throws Exception {
        Path file = folder.resolve(plot.name() + ".svg");
        new ChartSheet(plot.chart(), plot.width(), plot.height()).write(file);
        return texts(file);
    }

    static List<String> texts(Path svg) throws Exception {
        try (InputStream in = Files.newInputStream(svg)) {
            NodeList found = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(in)
                    .getElementsByTagName("text");
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < found.getLength(); i++) {
                texts.add(found.item(i).getTextContent());
            }
            return texts;
        } catch (IOException e) {
            throw new AssertionError(svg + " cannot be read", e);
        }
    }
}
