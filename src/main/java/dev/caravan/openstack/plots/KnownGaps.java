package dev.caravan.openstack.plots;

import dev.caravan.CaravanSettings.Openstack.KnownGap;
import dev.caravan.chart.ChartSheet;
import java.awt.Color;
import java.awt.Font;
import java.util.List;
import java.util.Set;
import org.jfree.chart.plot.IntervalMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.ui.Layer;
import org.jfree.chart.ui.LengthAdjustmentType;
import org.jfree.chart.ui.RectangleAnchor;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.chart.ui.TextAnchor;

/** Shades the time for which sites cannot know their counts, and says why. */
final class KnownGaps {
    /** Of a label, in units of SVG. */
    private static final int LINE = 15;

    private static final Color SHADE = new Color(0xe4, 0xe4, 0xe4, 0x80);
    private static final Color INVISIBLE = new Color(0, 0, 0, 0);

    private final List<KnownGap> gaps;

    KnownGaps(List<KnownGap> gaps) {
        this.gaps = gaps;
    }

    /**
     * Shades what the panel's range reaches into, and leaves room above the data for the labels.
     *
     * @param metrics that the panel shows
     * @param height of the panel
     */
    void shade(XYPlot panel, PlotRange range, Set<String> metrics, int height) {
        List<KnownGap> reached = gaps.stream()
                .filter(gap -> PlotRange.instant(gap.before()).isAfter(range.start()))
                .filter(gap -> gap.metrics().stream().anyMatch(metrics::contains))
                .toList();
        // Above the data, since these are what cannot be trusted there; and all of them below the labels.
        for (KnownGap gap : reached) {
            panel.addDomainMarker(marker(gap, range, SHADE), Layer.FOREGROUND);
        }
        for (int line = 0; line < reached.size(); line++) {
            IntervalMarker label = marker(reached.get(line), range, INVISIBLE);
            label.setLabel(TimeChart.text(reached.get(line).label()));
            label.setLabelFont(ChartSheet.font(Font.ITALIC, 11));
            label.setLabelPaint(ChartSheet.INK);
            label.setLabelBackgroundColor(INVISIBLE);
            label.setLabelAnchor(RectangleAnchor.TOP_LEFT);
            label.setLabelTextAnchor(TextAnchor.TOP_LEFT);
            label.setLabelOffsetType(LengthAdjustmentType.CONTRACT);
            label.setLabelOffset(new RectangleInsets(2 + line * LINE, 5, 0, 0));
            panel.addDomainMarker(label, Layer.FOREGROUND);
        }
        if (!reached.isEmpty()) {
            double room = (double) LINE * reached.size() / height;
            panel.getRangeAxis().setUpperMargin(TimeChart.MARGIN + room / (1 - room));
        }
    }

    private static IntervalMarker marker(KnownGap gap, PlotRange range, Color color) {
        long end = Math.min(
                PlotRange.instant(gap.before()).toEpochMilli(), range.end().toEpochMilli());
        var marker = new IntervalMarker(range.start().toEpochMilli(), end, color);
        marker.setOutlinePaint(null);
        marker.setAlpha(1);
        return marker;
    }
}
