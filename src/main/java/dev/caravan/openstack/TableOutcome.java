package dev.caravan.openstack;

import java.time.Duration;

/**
 * What became of the replacement of one table of a site.
 *
 * @param origin where its rows came from, for people
 * @param failure why it is as it was before; null when it was replaced
 */
public record TableOutcome(
        SiteTable table,
        String origin,
        long rowsStored,
        long rowsRejected,
        Duration elapsed,
        ExtractionFailure failure) {}
