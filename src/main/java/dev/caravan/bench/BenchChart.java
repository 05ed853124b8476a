package dev.caravan.bench;

import dev.caravan.bench.BenchReport.Phases;
import dev.caravan.bench.BenchReport.SizeResult;
import dev.caravan.bench.BenchReport.SourcesResult;
import dev.caravan.chart.ChartSheet;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Paint;
import java.awt.Stroke;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.StandardChartTheme;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.labels.ItemLabelAnchor;
import org.jfree.chart.labels.ItemLabelPosition;
import org.jfree.chart.labels.StandardCategoryItemLabelGenerator;
import org.jfree.chart.plot.DefaultDrawingSupplier;
import org.jfree.chart.renderer.category.GroupedStackedBarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.KeyToGroupMap;
import org.jfree.data.category.CategoryDataset;
import org.jfree.data.category.DefaultCategoryDataset;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** A benchmark as a picture: a panel for the phases beside the plain copy, further ones for growth and concurrency. */
public final class BenchChart {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 460;
    private static final int HEADING = 52;
    private static final int COLUMNS = 2;
    private static final int MANY_DAYS = 10;
    private static final double MILLION = 1e6;
    private static final String COPY = "plain copy";
    private static final String CARAVAN = "Caravan";
    private static final String LAST_PHASE = "ledger and commit";
    private static final Color GREY = new Color(0x8c8c8c);
    /** Of series in turn, but for the plain copy; told apart by everybody. */
    private static final Paint[] PAINTS = {
        new Color(0x0072b2), new Color(0xe69f00), new Color(0xd55e00), new Color(0x009e73), new Color(0x56b4e9)
    };

    private BenchChart() {}

    /** Draws it: as PNG where the file's name says so, else as SVG. */
    public static void draw(BenchReport report, Path file) throws IOException {
        List<JFreeChart> panels = panels(report);
        int width = WIDTH * Math.min(COLUMNS, panels.size());
        int height = HEADING + HEIGHT * ((panels.size() + COLUMNS - 1) / COLUMNS);
        new ChartSheet((graphics, area) -> draw(report, panels, graphics), width, height).write(file);
    }

    private static void draw(BenchReport report, List<JFreeChart> panels, Graphics2D graphics) {
        graphics.setColor(ChartSheet.INK);
        graphics.setFont(ChartSheet.font(Font.BOLD, 16));
        graphics.drawString("How fast Caravan loads on this machine", 14, 24);
        graphics.setFont(ChartSheet.font(Font.PLAIN, 12));
        var machine = report.machine();
        String server = report.postgresql().version().split(" ")[0];
        graphics.drawString(
                "%s, PostgreSQL %s, %s, %d processors, load average %.1f; medians"
                        .formatted(report.caravan(), server, machine.os(), machine.processors(), report.loadBefore()),
                14,
                43);
        for (int i = 0; i < panels.size(); i++) {
            double x = i % COLUMNS * WIDTH;
            double y = HEADING + i / COLUMNS * HEIGHT;
            panels.get(i).draw(graphics, new Rectangle2D.Double(x, y, WIDTH, HEIGHT));
        }
    }

    private static List<JFreeChart> panels(BenchReport report) {
        List<JFreeChart> panels = new ArrayList<>();
        List<SizeResult> sizes = report.sizes();
        if (!sizes.isEmpty()) {
            panels.add(phases(sizes));
        }
        if (sizes.size() > 1) {
            panels.add(growth(sizes));
        }
        sizes.stream().filter(size -> size.daySeconds().size() >= MANY_DAYS).forEach(size -> panels.add(days(size)));
        if (!report.sources().isEmpty()) {
            panels.add(sources(
                    report,
                    "Clusters that send at once",
                    "thousands of pod rows a second",
                    result -> Map.of(processes(result), result.podRowsPerSecond() / 1000)));
            panels.add(sources(
                    report,
                    "From announcement to summary",
                    "seconds",
                    result -> Map.of(
                            "half, " + processes(result), result.p50(), "95 %, " + processes(result), result.p95())));
        }
        return panels;
    }

    /** Several sizes are compared by what a million rows take. */
    private static JFreeChart phases(List<SizeResult> sizes) {
        boolean several = sizes.size() > 1;
        var bars = new DefaultCategoryDataset();
        for (SizeResult size : sizes) {
            String name = size.size().name();
            double unit = several ? size.size().podRows() / MILLION : 1;
            bars.addValue(size.copySeconds().median() / unit, COPY, name);
            Phases phases = size.phases();
            bars.addValue(phases.scan() / unit, "scan", name);
            bars.addValue(phases.load() / unit, "parse and COPY", name);
            bars.addValue(phases.daily() / unit, "daily line items", name);
            bars.addValue(phases.summary() / unit, "summaries", name);
            bars.addValue(phases.ledger() / unit, LAST_PHASE, name);
        }
        var groups = new KeyToGroupMap(CARAVAN);
        groups.mapKeyToGroup(COPY, COPY);
        var renderer = new GroupedStackedBarRenderer() {
            /** It would draw the same in every pass. */
            @Override
            public int getPassCount() {
                return 1;
            }
        };
        renderer.setSeriesToGroupMap(groups);
        renderer.setItemMargin(0.05);
        renderer.setMaximumBarWidth(0.15);
        // Above the last part of each bar stands how long the whole took.
        for (int series : new int[] {0, bars.getRowIndex(LAST_PHASE)}) {
            renderer.setSeriesItemLabelsVisible(series, true);
            renderer.setSeriesItemLabelGenerator(series, new Totals(sizes));
            renderer.setSeriesPositiveItemLabelPosition(
                    series, new ItemLabelPosition(ItemLabelAnchor.OUTSIDE12, TextAnchor.BOTTOM_CENTER));
        }
        var chart = ChartFactory.createStackedBarChart(
                "Where the time goes" + (several ? " (above: seconds in all)" : ""),
                several ? "size" : null,
                several ? "seconds per million pod rows" : "seconds",
                bars);
        chart.getCategoryPlot().setRenderer(renderer);
        chart.getCategoryPlot().getRangeAxis().setUpperMargin(0.12);
        styled(chart);
        renderer.setSeriesPaint(0, GREY);
        return chart;
    }

    private static JFreeChart growth(List<SizeResult> sizes) {
        var copy = new XYSeries(COPY);
        var caravan = new XYSeries(CARAVAN);
        for (SizeResult size : sizes) {
            copy.add(size.size().podRows() / 1000.0, size.copySeconds().median());
            caravan.add(size.size().podRows() / 1000.0, size.seconds().median());
        }
        var chart = lines("Growth with the number of rows", "thousands of pod rows", "seconds", List.of(copy, caravan));
        chart.getXYPlot().getRenderer().setSeriesPaint(0, GREY);
        return chart;
    }

    private static JFreeChart days(SizeResult size) {
        var days = new XYSeries("one payload, " + size.size().pods() + " pods");
        for (int day = 0; day < size.daySeconds().size(); day++) {
            days.add(day + 1, size.daySeconds().get(day));
        }
        return lines("Every day of " + size.size().name(), "day", "seconds", List.of(days));
    }

    private static JFreeChart sources(
            BenchReport report, String title, String unit, Function<SourcesResult, Map<String, Double>> values) {
        Map<String, XYSeries> series = new TreeMap<>();
        for (SourcesResult result : report.sources()) {
            values.apply(result).forEach((name, value) -> series.computeIfAbsent(name, XYSeries::new)
                    .add(result.sources(), value));
        }
        return lines(title, "clusters, a payload each", unit, List.copyOf(series.values()));
    }

    private static String processes(SourcesResult result) {
        return result.processes() == 1 ? "1 process" : result.processes() + " processes";
    }

    private static JFreeChart lines(String title, String x, String y, List<XYSeries> series) {
        var data = new XYSeriesCollection();
        series.forEach(data::addSeries);
        var chart = ChartFactory.createXYLineChart(title, x, y, data);
        chart.getXYPlot().setRenderer(new XYLineAndShapeRenderer());
        chart.getXYPlot().getDomainAxis().setStandardTickUnits(NumberAxis.createIntegerTickUnits());
        ((NumberAxis) chart.getXYPlot().getRangeAxis()).setAutoRangeIncludesZero(true);
        return styled(chart);
    }

    private static JFreeChart styled(JFreeChart chart) {
        StandardChartTheme theme = ChartSheet.theme();
        theme.setBarPainter(new StandardBarPainter());
        theme.setDrawingSupplier(new DefaultDrawingSupplier(
                PAINTS,
                DefaultDrawingSupplier.DEFAULT_OUTLINE_PAINT_SEQUENCE,
                new Stroke[] {new BasicStroke(2.5f)},
                DefaultDrawingSupplier.DEFAULT_OUTLINE_STROKE_SEQUENCE,
                DefaultDrawingSupplier.DEFAULT_SHAPE_SEQUENCE));
        theme.apply(chart);
        chart.getLegend().setFrame(BlockBorder.NONE);
        return chart;
    }

    /** What the whole bar took, at its last part. */
    private static final class Totals extends StandardCategoryItemLabelGenerator {
        private final transient List<SizeResult> sizes;

        Totals(List<SizeResult> sizes) {
            this.sizes = sizes;
        }

        @Override
        public String generateLabel(CategoryDataset data, int row, int column) {
            SizeResult size = sizes.get(column);
            double seconds = (row == 0 ? size.copySeconds() : size.seconds()).median();
            return String.format(Locale.ROOT, seconds < 0.1 ? "%.3f s" : seconds < 10 ? "%.2f s" : "%.0f s", seconds);
        }
    }
}
