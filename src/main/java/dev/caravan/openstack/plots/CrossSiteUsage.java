package dev.caravan.openstack.plots;

import dev.caravan.openstack.plots.PlotData.Utilization;
import java.awt.Color;
import java.awt.Stroke;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jfree.chart.LegendItem;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.ui.Layer;
import org.jfree.data.time.TimeTableXYDataset;

/** What is used and what is available of all sites, on top of each other, below what there is; and the share used. */
final class CrossSiteUsage {
    private static final int HEIGHT = 720;
    private static final int PANEL = 310;
    private static final int SHARES_PANEL = 200;
    private static final Set<String> METRICS = Set.of("total", "reservable");
    private static final double GOAL = 80;
    /** What is beyond is used of a capacity that nobody knows whole. */
    private static final double MOST_PERCENT = 120;

    private static final Stroke SOLID = TimeChart.solid(1.8f);
    private static final Stroke DASHED = TimeChart.dashed(1.2f, 6, 4);
    private static final Color GREY = new Color(0x777777);

    /** Dark for what is used, light for what is available. */
    private record Hue(Color used, Color available) {
        Hue(int used, int available) {
            this(new Color(used), new Color(available));
        }
    }

    private static final Map<String, Hue> KNOWN = Map.of(
            "chi_uc", new Hue(0x1a7f4b, 0xb5e0c2),
            "chi_tacc", new Hue(0xd9640b, 0xfcd2ad),
            "kvm_tacc", new Hue(0xe3b505, 0xfff1b0));
    /** Of other sites in turn. */
    private static final List<Hue> FURTHER = List.of(
            new Hue(0x1f5fa8, 0xbdd7f0),
            new Hue(0x7d3c98, 0xdcc6e6),
            new Hue(0x8c5a3c, 0xe2d0c4),
            new Hue(0xc2347a, 0xf6c8de),
            new Hue(0x13808c, 0xb4e1e5),
            new Hue(0x4d4d4d, 0xd0d0d0));

    private final KnownGaps gaps;

    CrossSiteUsage(KnownGaps gaps) {
        this.gaps = gaps;
    }

    Plot draw(PlotData data) {
        List<PlotData.Site> sites = data.sites().stream()
                .filter(site -> !site.utilization().isEmpty())
                .toList();
        Map<String, Hue> hues = hues(sites);
        PlotRange range = data.range();
        var chart = new TimeChart(range);
        XYPlot counts = chart.panel(TimeChart.countAxis("nodes"), 3);
        XYPlot shares = chart.panel(shareAxis(), 2);
        if (!sites.isEmpty()) {
            addCounts(counts, data, sites, hues);
            addShares(shares, data, sites, hues);
            gaps.shade(counts, range, METRICS, PANEL);
            gaps.shade(shares, range, METRICS, SHARES_PANEL);
        }
        chart.legend(
                TimeChart.line("all sites together: capacity, share used", SOLID, Color.BLACK),
                TimeChart.line("80 %", DASHED, GREY));
        chart.legend(legend(sites, " used", hues, true));
        chart.legend(legend(sites, " available", hues, false));
        return new Plot(
                "cross_site_usage",
                chart.titled(
                        "Usage of nodes by site",
                        PlotRange.steps(range),
                        "above: used and available of what can be reserved, of kvm sites of all there is;"
                                + " below: share used, mean of the last 30 days"),
                TimeChart.WIDTH,
                HEIGHT);
    }

    private static void addCounts(XYPlot panel, PlotData data, List<PlotData.Site> sites, Map<String, Hue> hues) {
        var areas = new TimeTableXYDataset();
        var renderer = new StepRenderer(true);
        for (PlotData.Site site : sites) {
            for (Utilization row : site.utilization()) {
                areas.add(data.range().step(row.at()), Math.max(0, row.used()), site.key() + " used", false);
            }
            renderer.setSeriesPaint(
                    areas.getSeriesCount() - 1, hues.get(site.key()).used());
        }
        for (PlotData.Site site : sites) {
            for (Utilization row : site.utilization()) {
                areas.add(data.range().step(row.at()), Math.max(0, row.available()), site.key() + " available", false);
            }
            renderer.setSeriesPaint(
                    areas.getSeriesCount() - 1, hues.get(site.key()).available());
        }
        var capacity = new TimeTableXYDataset();
        for (Utilization row : data.together()) {
            capacity.add(data.range().step(row.at()), row.capacity(), "capacity", false);
        }
        var line = new StepRenderer(false);
        line.setSeriesPaint(0, Color.BLACK);
        line.setSeriesStroke(0, SOLID);
        panel.setDataset(0, areas);
        panel.setRenderer(0, renderer);
        panel.setDataset(1, capacity);
        panel.setRenderer(1, line);
    }

    private static void addShares(XYPlot panel, PlotData data, List<PlotData.Site> sites, Map<String, Hue> hues) {
        var shares = new TimeTableXYDataset();
        var renderer = new StepRenderer(false);
        for (PlotData.Site site : sites) {
            addShare(
                    shares,
                    renderer,
                    site.key(),
                    site.utilization(),
                    hues.get(site.key()).used(),
                    data.range());
        }
        addShare(shares, renderer, "together", data.together(), Color.BLACK, data.range());
        panel.setDataset(0, shares);
        panel.setRenderer(0, renderer);
        panel.addRangeMarker(new ValueMarker(GOAL, GREY, DASHED), Layer.BACKGROUND);
    }

    private static void addShare(
            TimeTableXYDataset shares,
            StepRenderer renderer,
            String name,
            List<Utilization> rows,
            Color color,
            PlotRange range) {
        rows.forEach(row -> shares.add(range.step(row.at()), row.percent(), name, false));
        renderer.setSeriesPaint(shares.getSeriesCount() - 1, color);
        renderer.setSeriesStroke(shares.getSeriesCount() - 1, SOLID);
    }

    private static NumberAxis shareAxis() {
        NumberAxis axis = TimeChart.countAxis("% used");
        axis.setRange(0, MOST_PERCENT);
        return axis;
    }

    private static LegendItem[] legend(List<PlotData.Site> sites, String what, Map<String, Hue> hues, boolean used) {
        List<LegendItem> items = new ArrayList<>();
        for (PlotData.Site site : sites) {
            Hue hue = hues.get(site.key());
            items.add(TimeChart.area(TimeChart.text(site.name()) + what, used ? hue.used() : hue.available()));
        }
        return items.toArray(LegendItem[]::new);
    }

    private static Map<String, Hue> hues(List<PlotData.Site> sites) {
        Map<String, Hue> hues = new HashMap<>();
        int further = 0;
        for (PlotData.Site site : sites) {
            Hue known = KNOWN.get(site.key());
            hues.put(site.key(), known != null ? known : FURTHER.get(further++ % FURTHER.size()));
        }
        return hues;
    }
}
