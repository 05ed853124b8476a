package dev.caravan.openstack.plots;

import dev.caravan.openstack.plots.PlotData.LeadTime;
import java.util.ArrayList;
import java.util.List;
import org.jfree.data.DomainOrder;
import org.jfree.data.xy.AbstractXYDataset;

/** Lead times, in hours by the moment the lease was asked for; a series for each node type. */
final class LeadTimePoints extends AbstractXYDataset {
    private final transient List<String> names = new ArrayList<>();
    private final transient List<List<LeadTime>> series = new ArrayList<>();

    void addSeries(String name, List<LeadTime> points) {
        names.add(name);
        series.add(points);
    }

    LeadTime point(int number, int item) {
        return series.get(number).get(item);
    }

    @Override
    public int getSeriesCount() {
        return series.size();
    }

    @Override
    public Comparable<String> getSeriesKey(int number) {
        return names.get(number);
    }

    @Override
    public int getItemCount(int number) {
        return series.get(number).size();
    }

    @Override
    public DomainOrder getDomainOrder() {
        return DomainOrder.NONE;
    }

    @Override
    public Number getX(int number, int item) {
        return point(number, item).asked().toEpochMilli();
    }

    @Override
    public Number getY(int number, int item) {
        return point(number, item).hours();
    }
}
