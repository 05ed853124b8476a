package dev.caravan.cli;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.dataformat.csv.CsvDataFormat;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;

/** Streams rows through camel-csv; a row is in memory only while it is written. */
final class CsvOutput {
    private CsvOutput() {}

    /** Writes a header and the rows, in UTF-8; a null is an empty cell. */
    static void write(List<String> header, Iterator<List<String>> rows, OutputStream out) throws Exception {
        try (var camel = new DefaultCamelContext();
                var csv = new CsvDataFormat()) {
            csv.setHeader(header.toArray(String[]::new)).setRecordSeparator("\n");
            camel.start();
            csv.start();
            var exchange = new DefaultExchange(camel);
            exchange.setProperty(Exchange.CHARSET_NAME, StandardCharsets.UTF_8.name());
            csv.marshal(exchange, new NamedRows(header, rows), out);
        }
    }

    /** Rows by the names of their columns: of any other shape, camel-csv looks for a type converter for a millisecond a row. */
    private record NamedRows(List<String> header, Iterator<List<String>> rows)
            implements Iterator<Map<String, String>> {
        @Override
        public boolean hasNext() {
            return rows.hasNext();
        }

        @Override
        public Map<String, String> next() {
            List<String> row = rows.next();
            Map<String, String> named = new HashMap<>();
            for (int column = 0; column < header.size(); column++) {
                named.put(header.get(column), row.get(column));
            }
            return named;
        }
    }
}
