package dev.caravan.ledger;

import java.time.DateTimeException;
import java.time.LocalDate;
import org.apache.camel.api.management.ManagedOperation;
import org.apache.camel.api.management.ManagedResource;
import org.springframework.stereotype.Component;

/** Summarising stored days again, asked for over JMX. */
@Component
@ManagedResource(description = "Summarises stored days of a cluster again")
public final class SummaryOperations extends RouteOperations {
    private final BoundedTransaction transaction;
    private final Organisations organisations;
    private final SourceRegistry registry;
    private final Resummarizing resummarizing;
    private final Audit audit;

    public SummaryOperations(
            BoundedTransaction transaction,
            Organisations organisations,
            SourceRegistry registry,
            Resummarizing resummarizing,
            Audit audit) {
        super("watch-summaries");
        this.transaction = transaction;
        this.organisations = organisations;
        this.registry = registry;
        this.resummarizing = resummarizing;
        this.audit = audit;
    }

    /**
     * Queues days and returns at once.
     *
     * @param from first UTC day, for example 2025-11-01
     * @param to last UTC day
     * @return how many days and rows they are
     * @throws IllegalArgumentException when that cannot be asked for
     */
    @ManagedOperation(
            description = "Queues stored days to be summarised again: organisation, cluster, first and last UTC day"
                    + " (2025-11-01); 366 days at most")
    public String summarize(String organisation, String cluster, String from, String to) {
        Organisation found = organisation(organisation);
        SummaryPlan plan = plan(found, cluster, from, to);
        transaction.call(found, () -> {
            audit.write("summarize", plan.details());
            return resummarizing.mark(plan.source().uuid(), plan.dates());
        });
        return plan.announcement();
    }

    /** As {@link #summarize}, but changes nothing. */
    @ManagedOperation(
            description = "Says what summarize would do: organisation, cluster, first and last UTC day (2025-11-01)")
    public String dryRun(String organisation, String cluster, String from, String to) {
        return plan(organisation(organisation), cluster, from, to).announcement();
    }

    private Organisation organisation(String id) {
        return transaction
                .call(() -> organisations.find(id))
                .orElseThrow(() -> new IllegalArgumentException("organisation " + id + " is not registered"));
    }

    private SummaryPlan plan(Organisation organisation, String cluster, String from, String to) {
        LocalDate first = day(from);
        LocalDate last = day(to);
        String problem = SummaryPlan.problem(first, last);
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
        return transaction.call(() -> {
            Source source = registry.find(organisation.id(), cluster)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "organisation " + organisation.id() + " has no cluster " + cluster));
            return resummarizing.plan(organisation, source, first, last);
        });
    }

    private static LocalDate day(String text) {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("'" + text + "' is no day: write it like 2025-11-01");
        }
    }
}
