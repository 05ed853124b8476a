package dev.caravan.cli;

import dev.caravan.PrintableText;
import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.ledger.Organisation;
import dev.caravan.ledger.Resummarizing;
import dev.caravan.ledger.Resummarizing.MarkedDay;
import java.util.ArrayList;
import java.util.List;
import org.springframework.context.ApplicationContext;

/**
 * Carries out a change of what the summaries show: in one transaction the change and the marks on the days it concerns, then
 * these days, month by month. Stopped in between, `run` finishes the rest; so does the same command again.
 */
final class SummaryChange {
    private final CommandEnvironment environment;
    private final OrganisationOption option;

    SummaryChange(CommandEnvironment environment, OrganisationOption option) {
        this.environment = environment;
        this.option = option;
    }

    /** A change, made inside a transaction on the organisation's tables. */
    interface Change {
        Done make(ApplicationContext beans);
    }

    /**
     * What a change did.
     *
     * @param lines for the terminal
     */
    record Done(List<String> lines, List<MarkedDay> days) {}

    /**
     * Says which of the things asked for changed.
     *
     * @param changed what those are called that did
     * @param noChange what the others are called
     */
    static List<String> lines(List<String> asked, List<String> done, String changed, String noChange) {
        List<String> lines = new ArrayList<>();
        List<String> unchanged =
                asked.stream().filter(one -> !done.contains(one)).toList();
        if (!done.isEmpty()) {
            lines.add(changed + ": " + String.join(", ", done));
        }
        if (!unchanged.isEmpty()) {
            lines.add(noChange + ": " + String.join(", ", unchanged));
        }
        return lines;
    }

    int carryOut(Change change) {
        try (var beans = environment.open()) {
            Organisation organisation = option.find(beans);
            Done done = beans.getBean(BoundedTransaction.class).call(organisation, () -> change.make(beans));
            done.lines().forEach(line -> environment.terminal().out().println(PrintableText.of(line)));
            new SummarizedMonths(environment.terminal(), beans.getBean(Resummarizing.class))
                    .summarize(organisation, done.days());
            return 0;
        }
    }
}
