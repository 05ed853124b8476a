package dev.caravan.openstack.plots;

import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jfree.chart.axis.AxisState;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTick;
import org.jfree.chart.axis.Tick;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.TextAnchor;

/** Hours, from none to months: nearly even below an hour, logarithmic above. */
final class LeadTimeAxis extends NumberAxis {
    private static final Map<Double, String> TICKS = new TreeMap<>(Map.of(
            0.0, "0", 1.0, "1 h", 6.0, "6 h", 24.0, "1 d", 72.0, "3 d", 168.0, "7 d", 720.0, "30 d", 2160.0, "90 d",
            8760.0, "1 y"));

    LeadTimeAxis(String label) {
        super(label);
    }

    @Override
    public double valueToJava2D(double value, Rectangle2D area, RectangleEdge edge) {
        double low = scaled(getLowerBound());
        double share = (scaled(value) - low) / (scaled(getUpperBound()) - low);
        return area.getMaxY() - share * area.getHeight();
    }

    @Override
    public List<Tick> refreshTicks(Graphics2D graphics, AxisState state, Rectangle2D area, RectangleEdge edge) {
        List<Tick> ticks = new ArrayList<>();
        TICKS.forEach((hours, label) -> {
            if (getRange().contains(hours)) {
                ticks.add(new NumberTick(hours, label, TextAnchor.CENTER_RIGHT, TextAnchor.CENTER_RIGHT, 0));
            }
        });
        return ticks;
    }

    private static double scaled(double hours) {
        return Math.log1p(Math.max(hours, -0.9));
    }
}
