package dev.caravan.openstack.plots;

import dev.caravan.CaravanSettings;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/** Draws every plot there is of what was read. */
@Component
public final class PlotArtist {
    private final LegacyFacets legacyFacets;
    private final UsageStack usageStack;
    private final CrossSiteUsage crossSiteUsage;

    public PlotArtist(CaravanSettings settings) {
        var gaps = new KnownGaps(settings.openstack().knownGaps());
        this.legacyFacets = new LegacyFacets(gaps);
        this.usageStack = new UsageStack(gaps);
        this.crossSiteUsage = new CrossSiteUsage(gaps);
    }

    /** Draws two plots of each site and two of all of them, also where there is nothing to show. */
    public Plots draw(PlotData data) {
        List<Plot> plots = new ArrayList<>();
        for (PlotData.Site site : data.sites()) {
            plots.add(legacyFacets.draw(site, data.range()));
            plots.add(usageStack.draw(site, data.range()));
        }
        plots.add(crossSiteUsage.draw(data));
        plots.add(LeadTimeChart.draw(data));
        return new Plots(data.request().folder(), plots);
    }
}
