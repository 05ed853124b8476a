package dev.caravan.pgcopy;

import static dev.caravan.pgcopy.CopyFixture.row;
import static dev.caravan.pgcopy.CopyFixture.rows;
import static dev.caravan.pgcopy.CopyFixture.source;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two COPYs and a function call of one route are one transaction of one PostgreSQL backend. */
class PgCopyTransactionTest {
    private static CopyFixture fixture;

    @BeforeAll
    static void open() throws Exception {
        fixture = new CopyFixture();
        fixture.sql.execute(
                """
                create table parent (number integer, name text,
                    backend integer default pg_backend_pid(), transaction xid8 default pg_current_xact_id());
                create table child (like parent including defaults);
                create table delivery (like parent including defaults);
                create function close_delivery(fails boolean) returns void language plpgsql as $$
                begin
                    insert into delivery default values;
                    if fails then
                        raise exception 'told to fail';
                    end if;
                end
                $$;
                """);
        PluginHelper.getRoutesLoader(fixture.camel)
                .loadRoutes(
                        ResourceHelper.resolveResource(fixture.camel, "classpath:pgcopy/copy-twice-then-call.yaml"));
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    @BeforeEach
    void empty() {
        fixture.sql.execute("truncate parent, child, delivery");
    }

    @Test
    void bothTablesAndTheFunctionCommitTogetherOnOneBackend() {
        Exchange result = send(children(), false, false);

        assertThat(result.getException()).isNull();
        assertThat(counts()).containsExactly(2L, 500L, 1L);
        assertThat(
                        fixture.query(
                                """
                                select distinct backend, transaction::text
                                from (table parent union all table child union all table delivery) as rows
                                """))
                .hasSize(1);
    }

    @Test
    void functionFailureRollsBackBothCopies() {
        Exchange result = send(children(), true, false);

        assertThat(result.getException())
                .rootCause()
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("told to fail");
        assertThat(counts()).containsExactly(0L, 0L, 0L);
    }

    @Test
    void laterStepFailureRollsBackBothCopiesAndTheFunction() {
        Exchange result = send(children(), false, true);

        assertThat(result.getException()).rootCause().isInstanceOf(UnsupportedOperationException.class);
        assertThat(counts()).containsExactly(0L, 0L, 0L);
    }

    @Test
    void secondIteratorFailureRollsBackTheFirstCopy() {
        var failure = new IllegalStateException("the file is torn");
        Iterator<Object[]> torn = IntStream.range(0, 500)
                .mapToObj(i -> {
                    if (i == 400) {
                        throw failure;
                    }
                    return row("child", i);
                })
                .iterator();

        Exchange result = send(torn, false, false);

        assertThat(result.getException()).rootCause().isSameAs(failure);
        assertThat(counts()).containsExactly(0L, 0L, 0L);
    }

    @Test
    void afterAFailureTheSameConnectionServesTheNextMessage() {
        int before = fixture.sql.queryForObject("select pg_backend_pid()", int.class);
        send(children(), true, false);

        assertThat(send(children(), false, false).getException()).isNull();
        assertThat(fixture.sql.queryForObject("select distinct backend from child", int.class))
                .isEqualTo(before);
    }

    private static Exchange send(Iterator<Object[]> children, boolean functionFails, boolean laterStepFails) {
        return fixture.camel
                .createFluentProducerTemplate()
                .to("direct:copy-twice-then-call")
                .withVariable("parents", rows(row(1, "first"), row(2, "second")))
                .withVariable("children", source(List.of("name", "number"), children))
                .withHeader("function_fails", functionFails)
                .withHeader("later_step_fails", laterStepFails)
                .send();
    }

    private static Iterator<Object[]> children() {
        return IntStream.range(0, 500).mapToObj(i -> row("child", i)).iterator();
    }

    private static List<Long> counts() {
        return List.of(fixture.count("parent"), fixture.count("child"), fixture.count("delivery"));
    }
}
