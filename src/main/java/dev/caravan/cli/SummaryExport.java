package dev.caravan.cli;

import dev.caravan.ledger.Organisation;
import java.io.OutputStream;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.springframework.context.ApplicationContext;

/** Streams daily summaries from the database as CSV. */
final class SummaryExport {
    private final ApplicationContext beans;
    private final Organisation organisation;
    private final List<UUID> sources;

    SummaryExport(ApplicationContext beans, Organisation organisation, List<UUID> sources) {
        this.beans = beans;
        this.organisation = organisation;
        this.sources = sources;
    }

    /**
     * Writes a header and the rows of two UTC days and those between them, as one moment saw them all.
     *
     * @return the number of rows, the header not counted
     */
    long write(LocalDate from, LocalDate to, OutputStream out) throws Exception {
        try (var transaction = ReadTransaction.begin(beans, organisation.searchPath());
                var rows = new SummaryRows(transaction.connection(), sources, from, to)) {
            CsvOutput.write(rows.header(), rows, out);
            return rows.count();
        }
    }
}
