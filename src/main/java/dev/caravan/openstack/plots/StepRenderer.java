package dev.caravan.openstack.plots;

import java.awt.Graphics2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.CrosshairState;
import org.jfree.chart.plot.PlotRenderingInfo;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.AbstractXYItemRenderer;
import org.jfree.chart.renderer.xy.XYItemRendererState;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.data.Range;
import org.jfree.data.general.DatasetUtils;
import org.jfree.data.time.TimeTableXYDataset;
import org.jfree.data.xy.XYDataset;

/**
 * Draws counts as steps: each holds from the start of its item to the end, and where items are missing nothing is drawn.
 * Stacked ones are areas, the first series at the bottom, the others are lines.
 */
final class StepRenderer extends AbstractXYItemRenderer {
    private final boolean stacked;

    StepRenderer(boolean stacked) {
        this.stacked = stacked;
        // Else a theme takes them away.
        setAutoPopulateSeriesPaint(false);
        setAutoPopulateSeriesStroke(false);
    }

    @Override
    public XYItemRendererState initialise(
            Graphics2D graphics, Rectangle2D area, XYPlot plot, XYDataset data, PlotRenderingInfo info) {
        XYItemRendererState state = super.initialise(graphics, area, plot, data, info);
        state.setProcessVisibleItemsOnly(false);
        return state;
    }

    @Override
    public Range findRangeBounds(XYDataset data) {
        return stacked && data != null
                ? DatasetUtils.findStackedRangeBounds((TimeTableXYDataset) data)
                : super.findRangeBounds(data);
    }

    @Override
    public void drawItem(
            Graphics2D graphics,
            XYItemRendererState state,
            Rectangle2D area,
            PlotRenderingInfo info,
            XYPlot plot,
            ValueAxis domain,
            ValueAxis range,
            XYDataset data,
            int series,
            int item,
            CrosshairState crosshair,
            int pass) {
        // One path for the series: a file of steps each by itself would be many times as large.
        if (item > 0) {
            return;
        }
        var counts = (TimeTableXYDataset) data;
        var place = new Place(area, plot, domain, range);
        graphics.setPaint(getSeriesPaint(series));
        if (stacked) {
            graphics.fill(area(counts, series, place));
        } else {
            graphics.setStroke(getSeriesStroke(series));
            graphics.draw(line(counts, series, place));
        }
    }

    private static Path2D line(TimeTableXYDataset counts, int series, Place place) {
        var path = new Path2D.Double();
        double last = Double.NaN;
        double end = Double.NaN;
        for (int item = 0; item < counts.getItemCount(); item++) {
            double value = counts.getYValue(series, item);
            double start = counts.getStartXValue(series, item);
            boolean joined = start == end && !Double.isNaN(last);
            if (value != last || !joined) {
                if (!Double.isNaN(last)) {
                    path.lineTo(place.x(end), place.y(last));
                }
                if (joined && !Double.isNaN(value)) {
                    path.lineTo(place.x(start), place.y(value));
                } else if (!Double.isNaN(value)) {
                    path.moveTo(place.x(start), place.y(value));
                }
            }
            last = value;
            end = counts.getEndXValue(series, item);
        }
        if (!Double.isNaN(last)) {
            path.lineTo(place.x(end), place.y(last));
        }
        return path;
    }

    private static Path2D area(TimeTableXYDataset counts, int series, Place place) {
        var path = new Path2D.Double();
        int first = 0;
        for (int item = 0; item < counts.getItemCount(); item++) {
            boolean ends = item + 1 == counts.getItemCount()
                    || counts.getEndXValue(series, item) != counts.getStartXValue(series, item + 1);
            if (ends) {
                outline(path, counts, series, first, item, place);
                first = item + 1;
            }
        }
        return path;
    }

    /** There along the top, and back along the bottom. */
    private static void outline(Path2D path, TimeTableXYDataset counts, int series, int first, int last, Place place) {
        path.moveTo(place.x(counts.getStartXValue(series, first)), place.y(sum(counts, series, first)));
        for (int item = first; item <= last; item++) {
            double top = place.y(sum(counts, series, item));
            path.lineTo(place.x(counts.getStartXValue(series, item)), top);
            path.lineTo(place.x(counts.getEndXValue(series, item)), top);
        }
        for (int item = last; item >= first; item--) {
            double bottom = place.y(sum(counts, series - 1, item));
            path.lineTo(place.x(counts.getEndXValue(series, item)), bottom);
            path.lineTo(place.x(counts.getStartXValue(series, item)), bottom);
        }
        path.closePath();
    }

    private static double sum(TimeTableXYDataset counts, int topSeries, int item) {
        double sum = 0;
        for (int series = 0; series <= topSeries; series++) {
            double value = counts.getYValue(series, item);
            sum += Double.isNaN(value) ? 0 : value;
        }
        return sum;
    }

    private record Place(Rectangle2D area, XYPlot plot, ValueAxis domain, ValueAxis range) {
        double x(double time) {
            RectangleEdge edge = plot.getDomainAxisEdge();
            return domain.valueToJava2D(time, area, edge);
        }

        double y(double value) {
            return range.valueToJava2D(value, area, plot.getRangeAxisEdge());
        }
    }
}
