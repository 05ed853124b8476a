package dev.caravan.cli;

import dev.caravan.ledger.QuarantineLedger.Replay;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.springframework.context.ApplicationContext;

/** Sends a payload of the quarantine through the normal route again, in this process. */
final class ReplayedPayload {
    private ReplayedPayload() {}

    /**
     * Afterwards the payload's delivery tells what became of it.
     *
     * @return false when another process has it just now, or was done with it before
     * @throws StoppedException when a server was lost beyond the retries
     */
    static boolean send(ApplicationContext routes, Replay replay) throws StoppedException {
        Exchange done = routes.getBean(ProducerTemplate.class)
                .send("direct:replay-quarantine", exchange -> exchange.getMessage()
                        .setBody(replay));
        if (done.getException() != null) {
            throw StoppedException.at("quarantined payload " + replay.id(), done.getException());
        }
        return done.getProperty("taken", false, Boolean.class);
    }
}
