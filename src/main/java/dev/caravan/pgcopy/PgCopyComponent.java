package dev.caravan.pgcopy;

import java.util.Map;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultComponent;

/**
 * The Camel component {@code pgcopy:}. Registered by name, so a route may use it as it is; a process with several
 * data sources binds an instance with the right one as bean {@code pgcopy}.
 */
@Component("pgcopy")
public final class PgCopyComponent extends DefaultComponent {
    private DataSource dataSource;

    /** For Camel, which looks the data source up in its registry. */
    public PgCopyComponent() {}

    public PgCopyComponent(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    public DataSource getDataSource() {
        return dataSource;
    }

    /** The data source of all endpoints that name none. */
    public void setDataSource(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        var endpoint = new PgCopyEndpoint(uri, this, remaining);
        setProperties(endpoint, parameters);
        if (endpoint.getDataSource() == null) {
            endpoint.setDataSource(dataSource != null ? dataSource : onlyDataSource(getCamelContext()));
        }
        return endpoint;
    }

    private static DataSource onlyDataSource(CamelContext context) {
        DataSource found = CamelContextHelper.findSingleByType(context, DataSource.class);
        if (found == null) {
            throw new IllegalArgumentException("pgcopy: the registry holds no single DataSource; name one by the"
                    + " option dataSource=#name or bind a PgCopyComponent with its data source as bean 'pgcopy'");
        }
        return found;
    }
}
