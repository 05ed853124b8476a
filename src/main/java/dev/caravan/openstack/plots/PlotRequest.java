package dev.caravan.openstack.plots;

import dev.caravan.openstack.Site;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;

/**
 * Which plots are wanted, and where.
 *
 * @param sites keys of sites; empty for all
 * @param from first day, UTC; null for the first there is
 * @param to last day, UTC, included; null for the last there is
 * @param bucket days between two shown counts; null for as few as can be told apart
 * @param folder where the files go; made when missing
 */
public record PlotRequest(List<String> sites, LocalDate from, LocalDate to, Integer bucket, Path folder) {
    private static final LocalDate EARLIEST = LocalDate.of(1970, 1, 1);
    private static final LocalDate LATEST = LocalDate.of(2199, 12, 31);

    public PlotRequest {
        sites = List.copyOf(sites);
        for (String site : sites) {
            requireSite(site);
        }
        if (bucket != null && bucket < 1) {
            throw new PlotException("a bucket of " + bucket + " days is none: name 1 day or more");
        }
        requireDay(from);
        requireDay(to);
        if (from != null && to != null && from.isAfter(to)) {
            throw new PlotException("the first day, " + from + ", comes after the last, " + to + ": exchange them");
        }
    }

    private static void requireDay(LocalDate day) {
        if (day != null && (day.isBefore(EARLIEST) || day.isAfter(LATEST))) {
            throw new PlotException("day " + day + " is too far away: name one from " + EARLIEST + " to " + LATEST);
        }
    }

    static void requireSite(String site) {
        // It becomes part of file names.
        if (!Site.isKey(site)) {
            throw new PlotException("'" + site + "' is no key of a site: it must be " + Site.KEY_RULE);
        }
    }
}
