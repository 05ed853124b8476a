package dev.caravan.cli;

import dev.caravan.PrintableText;
import dev.caravan.ledger.Organisation;
import dev.caravan.ledger.Resummarizing;
import dev.caravan.ledger.Resummarizing.MarkedDay;
import dev.caravan.ledger.Resummarizing.Month;
import dev.caravan.ledger.Resummarizing.Summarized;
import java.util.List;
import java.util.Locale;

/** Works off marked days and shows how it goes on, a line a month. */
final class SummarizedMonths {
    private final Terminal terminal;
    private final Resummarizing resummarizing;

    SummarizedMonths(Terminal terminal, Resummarizing resummarizing) {
        this.terminal = terminal;
        this.resummarizing = resummarizing;
    }

    /** Says how many days there are, and summarises them. */
    void summarize(Organisation organisation, List<MarkedDay> days) {
        terminal.out().println("stored days to summarise again: " + days.size());
        workOff(organisation, days);
    }

    void workOff(Organisation organisation, List<MarkedDay> days) {
        int done = 0;
        for (Month month : resummarizing.months(organisation, days)) {
            Summarized summarized = resummarizing.summarize(organisation, month);
            done += month.days().size();
            int others = month.days().size() - summarized.days();
            terminal.out()
                    .println(String.format(
                            Locale.ROOT,
                            "%s %s: %d days summarised%s, %.1f s (%d of %d)",
                            PrintableText.of(month.alias()),
                            month.month(),
                            month.days().size(),
                            others == 0 ? "" : " (" + others + " of them by another process)",
                            summarized.took().toMillis() / 1000.0,
                            done,
                            days.size()));
        }
    }
}
