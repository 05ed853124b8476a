package dev.caravan.payload;

import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;

/**
 * The place of a delivery among those one command has in hand: they are received side by side, and loaded one after the
 * other in their order.
 */
public final class Turn {
    /** Name of the exchange property; without it a delivery waits for nobody. */
    public static final String PROPERTY = "turn";

    private final CompletableFuture<Boolean> before;
    private final CompletableFuture<Boolean> mine = new CompletableFuture<>();

    private Turn(CompletableFuture<Boolean> before) {
        this.before = before;
    }

    public static Turn first() {
        return new Turn(CompletableFuture.completedFuture(true));
    }

    public Turn next() {
        return new Turn(mine);
    }

    /** @param goOn whether those behind are to be loaded; if not, they stop where they wait */
    public void end(boolean goOn) {
        mine.complete(goOn);
    }

    /** Waits for those before this one; stops the exchange when one of them ended the whole. Called by receive-given-file. */
    public static void await(@ExchangeProperty(PROPERTY) Turn turn, Exchange exchange) {
        if (turn != null && !turn.before.join()) {
            exchange.setRouteStop(true);
        }
    }
}
