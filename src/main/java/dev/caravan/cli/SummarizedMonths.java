package dev.caravan.cli;

import dev.caravan.ledger.Organisation;
import dev.caravan.ledger.Resummarizing;
import dev.caravan.ledger.Resummarizing.Month;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Summarises months again and shows how it goes on, a line a month. */
final class SummarizedMonths {
    private final Terminal terminal;
    private final Resummarizing resummarizing;

    SummarizedMonths(Terminal terminal, Resummarizing resummarizing) {
        this.terminal = terminal;
        this.resummarizing = resummarizing;
    }

    void summarize(Organisation organisation, List<Month> months) {
        int days = months.stream().mapToInt(month -> month.days().size()).sum();
        terminal.out().println("stored days to summarise again: " + days);
        int done = 0;
        for (Month month : months) {
            Duration took = resummarizing.summarize(organisation, month);
            done += month.days().size();
            terminal.out()
                    .println(String.format(
                            Locale.ROOT,
                            "%s %s: %d days summarised, %.1f s (%d of %d)",
                            TextTable.printable(month.alias()),
                            month.month(),
                            month.days().size(),
                            took.toMillis() / 1000.0,
                            done,
                            days));
        }
    }
}
