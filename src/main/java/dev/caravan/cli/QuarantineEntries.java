package dev.caravan.cli;

import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.ledger.QuarantineLedger;
import dev.caravan.ledger.QuarantineLedger.Details;
import java.util.LinkedHashSet;
import java.util.List;
import org.springframework.context.ApplicationContext;

/** The payloads in quarantine that numbers on a command line stand for. */
final class QuarantineEntries {
    private final QuarantineLedger quarantine;
    private final BoundedTransaction transaction;

    QuarantineEntries(ApplicationContext beans) {
        this.quarantine = beans.getBean(QuarantineLedger.class);
        this.transaction = beans.getBean(BoundedTransaction.class);
    }

    /**
     * Looks up every number before anything is done with one.
     *
     * @throws UsageException when there is no payload of one of them
     */
    List<Details> of(List<Long> ids) {
        return transaction.call(
                () -> new LinkedHashSet<>(ids).stream().map(this::find).toList());
    }

    /** All payloads in quarantine, oldest first; only those kept for a reason, unless it is null. */
    List<Details> open(String reason) {
        return transaction.call(() -> quarantine.open(reason));
    }

    private Details find(long id) {
        return quarantine
                .find(id)
                .orElseThrow(
                        () -> new UsageException("no payload in quarantine has id " + id + ": see `quarantine list`"));
    }
}
