package dev.caravan.openstack.plots;

import dev.caravan.chart.ChartSheet;
import dev.caravan.openstack.plots.PlotData.LeadTime;
import java.awt.Color;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jfree.chart.LegendItem;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;

/** How long before its start a lease was asked for, a point each; where they are many, a point for those that are close. */
final class LeadTimeChart {
    private static final int HEIGHT = 800;
    private static final int LONGEST_NAMES = 90;
    /** Of a point, in units of SVG. */
    private static final double SINGLE_RADIUS = 3.5;

    private static final double SMALLEST_RADIUS = 1.5;
    private static final double LARGEST_RADIUS = 7;
    /** Lead times beyond are shown on an axis from hours to months. */
    private static final double LONG_HOURS = 72;

    private static final int FILLED = 0x90;
    private static final int SINGLE = 0xd8;
    private static final Color UNKNOWN = new Color(0x999999);
    private static final Color OTHER = new Color(0x6b4a2f);
    /** Of node types, the most frequent first. */
    private static final List<Color> COLORS = List.of(
            new Color(0x0072b2),
            new Color(0xd55e00),
            new Color(0x009e73),
            new Color(0xcc79a7),
            new Color(0xe69f00),
            new Color(0x56b4e9));

    private LeadTimeChart() {}

    static Plot draw(PlotData data) {
        Map<String, Color> colors = colors(data.leadTimes());
        double longest =
                data.leadTimes().stream().mapToDouble(LeadTime::hours).max().orElse(0);
        var chart = new TimeChart(data.range());
        chart.widen();
        XYPlot requested = chart.panel(axis("requested", longest), 1);
        XYPlot effective = chart.panel(axis("effective", longest), 1);
        long most = data.leadTimes().stream().mapToLong(LeadTime::leases).max().orElse(1);
        if (!data.leadTimes().isEmpty()) {
            add(requested, true, data, colors, most);
            add(effective, false, data, colors, most);
        }
        chart.legend(
                point("requested: until the start that was asked for", ChartSheet.INK, true),
                point("effective: until the lease started", ChartSheet.INK, false));
        chart.legend(colors.entrySet().stream()
                .map(type -> TimeChart.area(type.getKey(), type.getValue()))
                .toArray(LegendItem[]::new));
        String title = "Lead time of leases: " + names(data);
        String note = most == 1
                ? "a point for each lease and node type"
                : "leases of one node type that are close are one point, the larger the more: 1 to " + most;
        return new Plot("lead_time", chart.titled(title, PlotRange.days(data.range()), note), TimeChart.WIDTH, HEIGHT);
    }

    private static void add(XYPlot panel, boolean requested, PlotData data, Map<String, Color> colors, long most) {
        // The rarer above the more frequent, and all above what nobody knows.
        Map<String, List<LeadTime>> byType = data.leadTimes().stream()
                .filter(point -> point.requested() == requested)
                .sorted(Comparator.comparing(point -> point.nodeType() != null))
                .collect(Collectors.groupingBy(LeadTimeChart::type, LinkedHashMap::new, Collectors.toList()));
        var points = new LeadTimePoints();
        var renderer = new Points(points, most, requested);
        byType.forEach((type, itsPoints) -> {
            renderer.setSeriesPaint(
                    points.getSeriesCount(),
                    TimeChart.translucent(colors.get(type), requested && most > 1 ? FILLED : SINGLE));
            points.addSeries(type, itsPoints);
        });
        panel.setDataset(points);
        panel.setRenderer(renderer);
    }

    private static NumberAxis axis(String kind, double longest) {
        if (longest <= LONG_HOURS) {
            NumberAxis axis = TimeChart.countAxis(kind + " lead time (hours)");
            axis.setRange(-longest / 20 - 0.1, longest * 1.08 + 1);
            axis.setTickUnit(new NumberTickUnit(longest > 24 ? 12 : longest > 6 ? 3 : 1));
            return axis;
        }
        var axis = new LeadTimeAxis(kind + " lead time (hours, days)");
        axis.setRange(-0.35, longest * 1.5);
        return axis;
    }

    private static LegendItem point(String label, Color color, boolean filled) {
        Shape circle = new Ellipse2D.Double(-4, -4, 8, 8);
        return filled
                ? new LegendItem(label, null, null, null, circle, color)
                : new LegendItem(label, null, null, null, circle, Color.WHITE, TimeChart.solid(1.3f), color);
    }

    /** In the order of their frequency, in which they come. */
    private static Map<String, Color> colors(List<LeadTime> points) {
        Map<String, Color> colors = new LinkedHashMap<>();
        points.stream()
                .filter(point -> point.nodeType() != null)
                .forEach(point ->
                        colors.computeIfAbsent(type(point), type -> COLORS.get(colors.size() % COLORS.size())));
        points.stream()
                .filter(point -> point.nodeType() == null)
                .forEach(point -> colors.put(type(point), point.listed() ? UNKNOWN : OTHER));
        return colors;
    }

    private static String type(LeadTime point) {
        if (point.nodeType() != null) {
            return TimeChart.text(point.nodeType());
        }
        return point.listed() ? "unknown node type" : "other node types";
    }

    private static String names(PlotData data) {
        List<String> names = new ArrayList<>();
        int length = 0;
        for (PlotData.Site site : data.sites()) {
            String name = TimeChart.text(site.name());
            length += name.length() + 2;
            if (length > LONGEST_NAMES && !names.isEmpty()) {
                names.add((data.sites().size() - names.size()) + " more");
                break;
            }
            names.add(name);
        }
        return names.isEmpty() ? "no site" : String.join(", ", names);
    }

    /** Circles, the larger the more lead times: a single one is still seen beside thousands. */
    private static final class Points extends XYLineAndShapeRenderer {
        private final transient LeadTimePoints points;
        private final double growth;

        Points(LeadTimePoints points, long most, boolean filled) {
            super(false, true);
            this.points = points;
            this.growth = most == 1 ? 0 : (LARGEST_RADIUS - SMALLEST_RADIUS) / Math.log(most);
            setDefaultShapesFilled(filled);
            setDrawOutlines(!filled);
            setDefaultOutlineStroke(TimeChart.solid(1.2f));
            // Else a theme takes them away.
            setAutoPopulateSeriesPaint(false);
        }

        @Override
        public Shape getItemShape(int series, int item) {
            double radius = growth == 0
                    ? SINGLE_RADIUS
                    : SMALLEST_RADIUS
                            + growth * Math.log(points.point(series, item).leases());
            return new Ellipse2D.Double(-radius, -radius, 2 * radius, 2 * radius);
        }
    }
}
