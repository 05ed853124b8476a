package dev.caravan.cli;

import dev.caravan.CaravanSettings;
import dev.caravan.ledger.Organisation;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.apache.camel.dataformat.csv.CsvDataFormat;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.springframework.context.ApplicationContext;

/** Streams daily summaries from the database through camel-csv; a row is in memory only while it is written. */
final class SummaryExport {
    private final DataSource database;
    private final CaravanSettings.Database settings;
    private final Organisation organisation;
    private final List<UUID> sources;

    SummaryExport(ApplicationContext beans, Organisation organisation, List<UUID> sources) {
        this.database = beans.getBean(DataSource.class);
        this.settings = beans.getBean(CaravanSettings.class).database();
        this.organisation = organisation;
        this.sources = sources;
    }

    /**
     * Writes a header and the rows of two UTC days and those between them, as one moment saw them all.
     *
     * @return the number of rows, the header not counted
     */
    long write(LocalDate from, LocalDate to, OutputStream out) throws Exception {
        try (Connection connection = database.getConnection();
                var camel = new DefaultCamelContext()) {
            begin(connection);
            try (var rows = new SummaryRows(connection, sources, from, to);
                    var csv = new CsvDataFormat()) {
                csv.setHeader(rows.header().toArray(String[]::new)).setRecordSeparator("\n");
                camel.start();
                csv.start();
                var exchange = new DefaultExchange(camel);
                exchange.setProperty(Exchange.CHARSET_NAME, StandardCharsets.UTF_8.name());
                csv.marshal(exchange, rows, out);
                return rows.count();
            } finally {
                connection.rollback();
            }
        }
    }

    private void begin(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        connection.setReadOnly(true);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        // Whoever pages through the output may take a while between two rows.
        try (var statement = connection.prepareStatement("select set_config('search_path', ?, true),"
                + " set_config('statement_timeout', ?, true),"
                + " set_config('idle_in_transaction_session_timeout', '1h', true)")) {
            statement.setString(1, organisation.searchPath());
            statement.setString(2, Long.toString(settings.statementTimeout().toMillis()));
            statement.execute();
        }
    }
}
