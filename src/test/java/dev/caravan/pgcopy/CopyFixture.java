package dev.caravan.pgcopy;

import com.zaxxer.hikari.HikariDataSource;
import dev.caravan.TestDatabase;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A database, a pool and a Camel context for one test class. The pool has one connection: a broken one would show. */
final class CopyFixture implements AutoCloseable {
    private final TestDatabase database = TestDatabase.create();
    private final HikariDataSource pool = new HikariDataSource();
    final DefaultCamelContext camel = new DefaultCamelContext();
    final JdbcTemplate sql = new JdbcTemplate(pool);
    final TransactionTemplate transaction;

    CopyFixture() {
        pool.setJdbcUrl(database.url());
        pool.setUsername(database.username());
        pool.setPassword(database.password());
        pool.setMaximumPoolSize(1);
        pool.setConnectionTimeout(5_000);
        var manager = new DataSourceTransactionManager(pool);
        transaction = new TransactionTemplate(manager);
        camel.getRegistry().bind("dataSource", DataSource.class, pool);
        camel.getRegistry().bind("transactionManager", manager);
        camel.start();
    }

    /** Sends rows to an endpoint; throws what the producer threw. */
    long copy(String uri, Iterator<Object[]> rows) throws Exception {
        Exchange exchange = send(uri, rows);
        if (exchange.getException() != null) {
            throw exchange.getException();
        }
        return exchange.getMessage().getHeader(PgCopyConstants.ROW_COUNT, long.class);
    }

    Exchange send(String uri, Object body) {
        return camel.createFluentProducerTemplate().to(uri).withBody(body).send();
    }

    long count(String table) {
        return sql.queryForObject("select count(*) from " + table, long.class);
    }

    List<Map<String, Object>> query(String query) {
        return sql.queryForList(query);
    }

    static Iterator<Object[]> rows(Object[]... rows) {
        return Arrays.asList(rows).iterator();
    }

    static Object[] row(Object... values) {
        return values;
    }

    static RowSource source(List<String> columns, Iterator<Object[]> rows) {
        return new RowSource() {
            @Override
            public List<String> columns() {
                return columns;
            }

            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public Object[] next() {
                return rows.next();
            }
        };
    }

    @Override
    public void close() {
        camel.stop();
        pool.close();
        database.close();
    }
}
