package dev.caravan.openstack.plots;

import dev.caravan.chart.ChartSheet;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Paint;
import java.awt.Stroke;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.text.SimpleDateFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.LegendItem;
import org.jfree.chart.LegendItemCollection;
import org.jfree.chart.axis.AxisLocation;
import org.jfree.chart.axis.DateAxis;
import org.jfree.chart.axis.DateTickUnit;
import org.jfree.chart.axis.DateTickUnitType;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.TickUnits;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.plot.CombinedDomainXYPlot;
import org.jfree.chart.plot.DatasetRenderingOrder;
import org.jfree.chart.plot.SeriesRenderingOrder;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.title.TextTitle;
import org.jfree.chart.ui.HorizontalAlignment;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.RectangleInsets;

/** A chart of panels above each other that share the time shown, with a heading above and legends below. */
final class TimeChart {
    static final int WIDTH = 960;
    /** Of the height of a panel, above its data. */
    static final double MARGIN = 0.06;
    /** Of what a site or a node type is called. */
    private static final int LONGEST_TEXT = 60;

    private static final TimeZone UTC = TimeZone.getTimeZone("UTC");

    private final PlotRange range;
    private final CombinedDomainXYPlot panels;
    private final List<LegendTitle> legends = new ArrayList<>();

    /** @param range null when there is nothing to show */
    TimeChart(PlotRange range) {
        this.range = range;
        this.panels = new CombinedDomainXYPlot(timeAxis(range));
        panels.setGap(14);
    }

    /** Leaves room at both ends of the time, for points there. */
    void widen() {
        if (range != null) {
            long room = (range.end().toEpochMilli() - range.start().toEpochMilli()) / 80;
            ((DateAxis) panels.getDomainAxis())
                    .setRange(
                            Date.from(range.start().minusMillis(room)),
                            Date.from(range.end().plusMillis(room)));
        }
    }

    /** Adds a panel below the others; its height is a share of theirs together. */
    XYPlot panel(NumberAxis axis, int share) {
        var panel = new XYPlot(null, null, axis, new StepRenderer(false));
        panel.setRangeAxisLocation(AxisLocation.BOTTOM_OR_LEFT);
        panel.setDatasetRenderingOrder(DatasetRenderingOrder.FORWARD);
        panel.setSeriesRenderingOrder(SeriesRenderingOrder.FORWARD);
        panel.setNoDataMessage("no data");
        panel.setNoDataMessageFont(ChartSheet.font(Font.PLAIN, 16));
        panel.setNoDataMessagePaint(ChartSheet.INK);
        panels.add(panel, share);
        return panel;
    }

    /** An axis of counts, from 0 on. */
    static NumberAxis countAxis(String label) {
        var axis = new NumberAxis(label);
        axis.setStandardTickUnits(NumberAxis.createStandardTickUnits(Locale.ENGLISH));
        axis.setAutoRangeMinimumSize(1);
        axis.setUpperMargin(MARGIN);
        axis.setLowerMargin(MARGIN);
        // Few enough to be read.
        axis.setTickLabelInsets(new RectangleInsets(5, 4, 5, 4));
        return axis;
    }

    /** Adds a line of legend below the others. */
    void legend(LegendItem... items) {
        var collection = new LegendItemCollection();
        Arrays.stream(items).forEach(collection::add);
        var legend = new LegendTitle(() -> collection);
        legend.setPosition(RectangleEdge.BOTTOM);
        legend.setFrame(BlockBorder.NONE);
        legend.setItemLabelPadding(new RectangleInsets(2, 4, 2, 16));
        legend.setMargin(new RectangleInsets(0, 40, 2, 10));
        legends.add(0, legend);
    }

    static LegendItem area(String label, Paint paint) {
        return new LegendItem(label, null, null, null, new Rectangle2D.Double(-7, -5, 14, 10), paint);
    }

    static LegendItem line(String label, Stroke stroke, Paint paint) {
        return new LegendItem(label, null, null, null, new Line2D.Double(-14, 0, 14, 0), stroke, paint);
    }

    static Stroke solid(float width) {
        return new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER);
    }

    static Stroke dashed(float width, float... lengths) {
        return new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, lengths, 0);
    }

    static Color translucent(Color color, int opacity) {
        return new Color(color.getRed(), color.getGreen(), color.getBlue(), opacity);
    }

    /** @param notes lines below the title */
    JFreeChart titled(String title, String... notes) {
        var chart = new JFreeChart(title, null, panels, false);
        for (String note : notes) {
            chart.addSubtitle(new TextTitle(note));
        }
        legends.forEach(chart::addSubtitle);
        ChartSheet.theme().apply(chart);
        chart.setPadding(new RectangleInsets(10, 10, 8, 22));
        chart.getTitle().setFont(ChartSheet.font(Font.BOLD, 17));
        atLeft(chart.getTitle());
        for (int i = 0; i < chart.getSubtitleCount(); i++) {
            if (chart.getSubtitle(i) instanceof TextTitle line) {
                line.setFont(ChartSheet.font(Font.PLAIN, 12));
                atLeft(line);
            }
        }
        panels.setInsets(new RectangleInsets(8, 0, 4, 0));
        panels.setOutlineVisible(false);
        for (Object each : panels.getSubplots()) {
            style((XYPlot) each);
        }
        return chart;
    }

    /** What comes from outside, fit for one place of a chart and for XML. */
    static String text(String outside) {
        String line = outside.replaceAll("[\\p{C}\\s]+", " ").strip();
        if (line.isEmpty()) {
            return "(no name)";
        }
        int end = line.offsetByCodePoints(0, Math.min(LONGEST_TEXT, line.codePointCount(0, line.length())));
        return end < line.length() ? line.substring(0, end) + "…" : line;
    }

    private static void style(XYPlot panel) {
        panel.setOutlineVisible(false);
        panel.setDomainGridlineStroke(solid(0.6f));
        panel.setRangeGridlineStroke(solid(0.6f));
        panel.setRangeZeroBaselineVisible(true);
        panel.setRangeZeroBaselinePaint(ChartSheet.INK);
        panel.setAxisOffset(RectangleInsets.ZERO_INSETS);
        panel.getRangeAxis().setAxisLinePaint(ChartSheet.INK);
        panel.getRangeAxis().setTickMarkPaint(ChartSheet.INK);
        panel.getRangeAxis().setLabelFont(ChartSheet.font(Font.PLAIN, 11));
        panel.getRangeAxis().setTickLabelFont(ChartSheet.font(Font.PLAIN, 11));
        // Panels of different counts stand exactly below each other.
        panel.getRangeAxis().setFixedDimension(64);
    }

    private static void atLeft(TextTitle line) {
        line.setHorizontalAlignment(HorizontalAlignment.LEFT);
        line.setTextAlignment(HorizontalAlignment.LEFT);
        line.setPadding(new RectangleInsets(2, 4, 0, 0));
    }

    private static DateAxis timeAxis(PlotRange range) {
        var axis = new DateAxis(null, UTC, Locale.ENGLISH);
        var units = new TickUnits();
        addTicks(units, DateTickUnitType.DAY, "d MMM", 1, 2, 7, 14);
        addTicks(units, DateTickUnitType.MONTH, "MMM yyyy", 1, 2, 3, 6);
        addTicks(units, DateTickUnitType.YEAR, "yyyy", 1, 2, 5, 10, 50);
        axis.setStandardTickUnits(units);
        axis.setAxisLinePaint(ChartSheet.INK);
        axis.setTickMarkPaint(ChartSheet.INK);
        if (range == null) {
            axis.setTickLabelsVisible(false);
        } else {
            axis.setRange(Date.from(range.start()), Date.from(range.end()));
        }
        return axis;
    }

    private static void addTicks(TickUnits units, DateTickUnitType type, String pattern, int... multiples) {
        var format = new SimpleDateFormat(pattern, Locale.ENGLISH);
        format.setTimeZone(UTC);
        for (int multiple : multiples) {
            units.add(new DateTickUnit(type, multiple, format));
        }
    }
}
