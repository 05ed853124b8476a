package dev.caravan.openstack.plots;

import static dev.caravan.openstack.plots.PlotData.Counts.or0;

import dev.caravan.openstack.plots.PlotData.Counts;
import java.awt.Color;
import java.awt.Stroke;
import java.util.Set;
import org.jfree.chart.plot.XYPlot;
import org.jfree.data.time.TimeTableXYDataset;

/**
 * What a site's hosts are there for: stacked areas, below lines of what there is.
 *
 * <p>Maintenance is what is there and neither reservable or committed nor occupied on demand: nothing more is known of it now,
 * so hosts that nobody ever meant to be reserved count as well. The former reports counted its hours, and their reservable
 * line is what these left. A count that is negative, such as what is available where more is committed than is reservable,
 * takes no room here.
 *
 * <p>What is left of a site that is made for servers on demand is free for them, and called so.
 */
final class UsageStack {
    private static final int HEIGHT = 560;
    private static final int PANEL = 400;
    private static final Set<String> METRICS =
            Set.of("total", "reservable", "committed", "occupied_reservation", "occupied_ondemand");

    private static final Color USED = new Color(0x009e73);
    private static final Color IDLE = new Color(0xe69f00);
    private static final Color AVAILABLE = new Color(0xa6d8f5);
    private static final Color MAINTENANCE = new Color(0xcdc3d3);
    private static final Color LEGACY = new Color(0x8b1a6b);
    private static final Stroke SOLID = TimeChart.solid(1.8f);
    private static final Stroke DASHED = TimeChart.dashed(1.8f, 7, 4);
    private static final Stroke DOTTED = TimeChart.dashed(1.8f, 2, 2.5f);

    private final KnownGaps gaps;

    UsageStack(KnownGaps gaps) {
        this.gaps = gaps;
    }

    Plot draw(PlotData.Site site, PlotRange range) {
        var chart = new TimeChart(range);
        XYPlot panel = chart.panel(TimeChart.countAxis("nodes"), 1);
        if (range != null) {
            var areas = new StepRenderer(true);
            areas.setSeriesPaint(0, USED);
            areas.setSeriesPaint(1, IDLE);
            areas.setSeriesPaint(2, AVAILABLE);
            areas.setSeriesPaint(3, MAINTENANCE);
            panel.setDataset(0, areas(site, range));
            panel.setRenderer(0, areas);
            var lines = new StepRenderer(false);
            lines.setSeriesPaint(0, Color.BLACK);
            lines.setSeriesStroke(0, SOLID);
            lines.setSeriesPaint(1, Color.BLACK);
            lines.setSeriesStroke(1, DASHED);
            lines.setSeriesPaint(2, LEGACY);
            lines.setSeriesStroke(2, DOTTED);
            panel.setDataset(1, lines(site, range));
            panel.setRenderer(1, lines);
            gaps.shade(panel, range, METRICS, PANEL);
        }
        var total = TimeChart.line("total", SOLID, Color.BLACK);
        var reservable = TimeChart.line("reservable", DASHED, Color.BLACK);
        if (site.legacy().isEmpty()) {
            chart.legend(total, reservable);
        } else {
            chart.legend(total, reservable, TimeChart.line("legacy reservable", DOTTED, LEGACY));
        }
        chart.legend(
                TimeChart.area(rest(site), MAINTENANCE),
                TimeChart.area("available", AVAILABLE),
                TimeChart.area("idle", IDLE),
                TimeChart.area("used", USED));
        return new Plot(
                site.key() + "_usage_stack",
                chart.titled(TimeChart.text(site.name()) + ": usage of nodes", PlotRange.steps(range)),
                TimeChart.WIDTH,
                HEIGHT);
    }

    /** Sites kvm* are made for servers on demand. */
    private static String rest(PlotData.Site site) {
        return site.key().startsWith("kvm") ? "available on demand" : "maintenance";
    }

    private static TimeTableXYDataset areas(PlotData.Site site, PlotRange range) {
        var counts = new TimeTableXYDataset();
        for (Counts row : site.current()) {
            var step = range.step(row.at());
            counts.add(step, Math.max(0, or0(row.occupied())), "used", false);
            counts.add(step, Math.max(0, or0(row.idle())), "idle", false);
            counts.add(step, Math.max(0, or0(row.available())), "available", false);
            double leased = Math.max(or0(row.reservable()), or0(row.committed()));
            double maintenance = or0(row.total()) - leased - or0(row.occupiedOndemand());
            counts.add(step, Math.max(0, maintenance), rest(site), false);
        }
        return counts;
    }

    private static TimeTableXYDataset lines(PlotData.Site site, PlotRange range) {
        var counts = new TimeTableXYDataset();
        for (Counts row : site.current()) {
            counts.add(range.step(row.at()), row.total(), "total", false);
            counts.add(range.step(row.at()), row.reservable(), "reservable", false);
        }
        for (Counts row : site.legacy()) {
            counts.add(range.step(row.at()), row.reservable(), "legacy reservable", false);
        }
        return counts;
    }
}
