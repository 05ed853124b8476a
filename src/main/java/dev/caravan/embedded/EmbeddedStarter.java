package dev.caravan.embedded;

import dev.caravan.LocalServers;

/** The way in from {@link LocalServers}, found by its name. */
public final class EmbeddedStarter implements LocalServers.Starter {
    @Override
    public LocalServers start(LocalServers.Request request) {
        return EmbeddedServers.open(request);
    }
}
