package dev.caravan.openstack.plots;

import dev.caravan.openstack.plots.PlotData.Counts;
import java.awt.Color;
import java.awt.Stroke;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jfree.chart.plot.XYPlot;
import org.jfree.data.time.TimeTableXYDataset;

/** A site's counts, a panel for each kind: as they are counted now, and as the former reports counted them. */
final class LegacyFacets {
    static final String CURRENT = "current";
    static final String LEGACY = "legacy";
    private static final int HEIGHT = 920;
    private static final int PANEL = 122;
    private static final int HALF = 128;
    private static final Stroke SOLID = TimeChart.solid(1.8f);
    private static final Stroke DASHED = TimeChart.dashed(1.8f, 4, 4);

    /** In the order of the panels. */
    private enum Kind {
        TOTAL(Color.BLACK, Counts::total, "total"),
        RESERVABLE(new Color(0x6b6f71), Counts::reservable, "reservable"),
        AVAILABLE(new Color(0x56b4e9), Counts::available, "reservable", "committed"),
        COMMITTED(new Color(0x0072b2), Counts::committed, "committed"),
        IDLE(new Color(0xe69f00), Counts::idle, "committed", "occupied_reservation"),
        OCCUPIED(new Color(0x009e73), Counts::occupied, "occupied_reservation", "occupied_ondemand");

        private final Color color;
        private final Function<Counts, Double> count;
        private final Set<String> metrics;

        Kind(Color color, Function<Counts, Double> count, String... metrics) {
            this.color = color;
            this.count = count;
            this.metrics = Set.of(metrics);
        }

        private String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final KnownGaps gaps;

    LegacyFacets(KnownGaps gaps) {
        this.gaps = gaps;
    }

    Plot draw(PlotData.Site site, PlotRange range) {
        var chart = new TimeChart(range);
        boolean compared = !site.legacy().isEmpty();
        for (Kind kind : Kind.values()) {
            XYPlot panel = chart.panel(TimeChart.countAxis(kind.label() + " (nodes)"), 1);
            if (range == null) {
                continue;
            }
            panel.setDataset(0, counts(site.legacy(), LEGACY, kind, range));
            panel.setRenderer(0, renderer(TimeChart.translucent(kind.color, HALF), DASHED));
            panel.setDataset(1, counts(site.current(), CURRENT, kind, range));
            panel.setRenderer(1, renderer(kind.color, SOLID));
            gaps.shade(panel, range, kind.metrics, PANEL);
        }
        var current = TimeChart.line("current: counted from spans", SOLID, Color.BLACK);
        if (compared) {
            chart.legend(
                    current,
                    TimeChart.line(
                            "legacy: the former daily reports", DASHED, TimeChart.translucent(Color.BLACK, HALF)));
        } else {
            chart.legend(current);
        }
        String title = TimeChart.text(site.name()) + ": nodes, legacy against current";
        String[] notes = compared
                ? new String[] {PlotRange.steps(range)}
                : new String[] {PlotRange.steps(range), "there are no legacy reports of these days"};
        return new Plot(site.key() + "_legacy_facets", chart.titled(title, notes), TimeChart.WIDTH, HEIGHT);
    }

    private static StepRenderer renderer(Color color, Stroke stroke) {
        var renderer = new StepRenderer(false);
        renderer.setSeriesPaint(0, color);
        renderer.setSeriesStroke(0, stroke);
        return renderer;
    }

    private static TimeTableXYDataset counts(List<Counts> rows, String name, Kind kind, PlotRange range) {
        var counts = new TimeTableXYDataset();
        for (Counts row : rows) {
            Double value = kind.count.apply(row);
            if (value != null) {
                counts.add(range.step(row.at()), value, name, false);
            }
        }
        return counts;
    }
}
