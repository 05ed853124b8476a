package dev.caravan.pgcopy;

import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/** One table to copy rows into; see the package description for the options. */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "pgcopy",
        title = "PostgreSQL binary COPY",
        syntax = "pgcopy:table",
        producerOnly = true,
        category = {Category.DATABASE})
public final class PgCopyEndpoint extends DefaultEndpoint {

    @UriPath
    @Metadata(required = true)
    private final String table;

    @UriParam
    private DataSource dataSource;

    @UriParam
    private String columns;

    @UriParam(defaultValue = "65536")
    private int bufferSize = 65536;

    PgCopyEndpoint(String uri, PgCopyComponent component, String table) {
        super(uri, component);
        if (table.isBlank()) {
            throw new IllegalArgumentException("pgcopy: the URI names no table: " + uri);
        }
        this.table = table;
    }

    @Override
    public Producer createProducer() {
        return new PgCopyProducer(this);
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException("pgcopy: writes rows and reads none; use it in a 'to', not a 'from'");
    }

    public String getTable() {
        return table;
    }

    public DataSource getDataSource() {
        return dataSource;
    }

    /** Data source whose transaction the COPY joins. */
    public void setDataSource(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    public String getColumns() {
        return columns;
    }

    /** Comma-separated names of the columns that the rows of a plain iterator fill; default: all that can be filled. */
    public void setColumns(String columns) {
        this.columns = columns;
    }

    public int getBufferSize() {
        return bufferSize;
    }

    /** Bytes gathered before they are sent to the server; a larger row is sent whole. */
    public void setBufferSize(int bufferSize) {
        if (bufferSize < 1) {
            throw new IllegalArgumentException("pgcopy: bufferSize must be at least 1 byte, not " + bufferSize);
        }
        this.bufferSize = bufferSize;
    }

    /** The names of the option {@code columns}; empty for all columns that can be filled. */
    List<String> columnNames() {
        return columns == null
                ? List.of()
                : Arrays.stream(columns.split(",")).map(String::strip).toList();
    }
}
