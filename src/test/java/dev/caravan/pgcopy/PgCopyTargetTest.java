package dev.caravan.pgcopy;

import static dev.caravan.pgcopy.CopyFixture.row;
import static dev.caravan.pgcopy.CopyFixture.rows;
import static dev.caravan.pgcopy.CopyFixture.source;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.time.LocalDate;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which table and columns the rows reach, and that they stream. */
class PgCopyTargetTest {
    private static CopyFixture fixture;

    @BeforeAll
    static void open() {
        fixture = new CopyFixture();
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    @BeforeEach
    void tables() {
        fixture.sql.execute(
                """
                drop schema if exists org1, org2 cascade;
                drop table if exists item;
                create table item (key integer, gone text, name text default 'none', price numeric,
                    total numeric generated always as (price * 2) stored);
                alter table item drop column gone;
                """);
    }

    @Test
    void withoutColumnsAllButGeneratedOnesAreFilledInCatalogueOrder() throws Exception {
        fixture.copy("pgcopy:item", rows(row(1, "one", 1.5)));

        assertThat(only("select key, name, total::text from item"))
                .containsExactly(Map.entry("key", 1), Map.entry("name", "one"), Map.entry("total", "3.0"));
    }

    @Test
    void optionChoosesColumnsAndTheirOrder() throws Exception {
        fixture.copy("pgcopy:item?columns=price, key", rows(row(2.5, 1)));

        assertThat(only("select key, name, price::text from item"))
                .containsExactly(Map.entry("key", 1), Map.entry("name", "none"), Map.entry("price", "2.5"));
    }

    @Test
    void rowSourceNamesItsColumnsWhateverTheOptionSays() throws Exception {
        fixture.copy("pgcopy:item?columns=price", source(List.of("name", "key"), rows(row("one", 1))));

        assertThat(only("select key, name from item")).containsExactly(Map.entry("key", 1), Map.entry("name", "one"));
    }

    @Test
    void oneArrayMayCarryEveryRow() throws Exception {
        Object[] reused = new Object[1];
        Iterator<Object[]> rows = IntStream.range(0, 3)
                .mapToObj(i -> {
                    reused[0] = i;
                    return reused;
                })
                .iterator();

        fixture.copy("pgcopy:item?columns=key", rows);

        assertThat(fixture.sql.queryForList("select key from item order by key", int.class))
                .containsExactly(0, 1, 2);
    }

    @Test
    void bodyStaysAndTheHeaderCounts() {
        Iterator<Object[]> rows = rows(row(1), row(2));

        Exchange exchange = fixture.send("pgcopy:item?columns=key", rows);

        assertThat(exchange.getMessage().getBody()).isSameAs(rows);
        assertThat(exchange.getMessage().getHeader(PgCopyConstants.ROW_COUNT)).isEqualTo(2L);
    }

    @Test
    void noRowsAreACopyOfNone() throws Exception {
        assertThat(fixture.copy("pgcopy:item", rows())).isZero();
    }

    @Test
    void namesNeedingQuotesAreQuoted() throws Exception {
        fixture.sql.execute(
                """
                create schema org1;
                create table org1."Odd ""Table""; --" ("select" integer, "Mixed Case" text, "a""b" text);
                """);

        fixture.copy(
                "pgcopy:org1.Odd \"Table\"; --",
                source(List.of("a\"b", "Mixed Case", "select"), rows(row("b", "c", 1))));

        assertThat(only("select * from org1.\"Odd \"\"Table\"\"; --\"").values())
                .containsExactly(1, "c", "b");
    }

    @Test
    void schemaMayBeNamed() throws Exception {
        fixture.sql.execute("create schema org1; create table org1.item (key integer)");

        fixture.copy("pgcopy:org1.item", rows(row(1)));

        assertThat(fixture.count("org1.item")).isEqualTo(1);
        assertThat(fixture.count("public.item")).isZero();
    }

    @Test
    void searchPathOfTheTransactionDecidesEachTime() {
        fixture.sql.execute(
                """
                create schema org1; create table org1.item (key integer, other text);
                create schema org2; create table org2.item (other text, key integer);
                """);

        for (String schema : List.of("org1", "org2", "org1")) {
            fixture.transaction.executeWithoutResult(status -> {
                fixture.sql.queryForList("select set_config('search_path', ?, true)", schema);
                assertThat(fixture.send("pgcopy:item?columns=key", rows(row(1))).getException())
                        .isNull();
            });
        }

        assertThat(fixture.count("org1.item")).isEqualTo(2);
        assertThat(fixture.count("org2.item")).isEqualTo(1);
        assertThat(fixture.count("public.item")).isZero();
    }

    @Test
    void partitionedTableAndItsPartitionsAreFilled() throws Exception {
        fixture.sql.execute(
                """
                create schema org1;
                create table org1.line (day date, key integer) partition by range (day);
                create table org1.line_2026_01 partition of org1.line for values from ('2026-01-01') to ('2026-02-01');
                create table org1.line_2026_02 (key integer, day date);
                alter table org1.line attach partition org1.line_2026_02 for values from ('2026-02-01') to ('2026-03-01');
                """);

        fixture.copy("pgcopy:org1.line", rows(row(LocalDate.of(2026, 1, 31), 1), row(LocalDate.of(2026, 2, 1), 2)));
        fixture.copy("pgcopy:org1.line_2026_02", rows(row(3, LocalDate.of(2026, 2, 28))));

        assertThat(fixture.count("org1.line_2026_01")).isEqualTo(1);
        assertThat(fixture.count("org1.line_2026_02")).isEqualTo(2);
    }

    @Test
    void rowLargerThanTheBufferArrivesWhole() throws Exception {
        String large = "ž".repeat(300_000);

        fixture.copy(
                "pgcopy:item?columns=key,name&bufferSize=16", rows(row(1, "small"), row(2, large), row(3, "small")));

        assertThat(fixture.sql.queryForList("select name from item order by key", String.class))
                .containsExactly("small", large, "small");
    }

    @Test
    void manyRowsStreamFromALazySource() throws Exception {
        int rows = 200_000;
        Iterator<Object[]> lazy = IntStream.range(0, rows)
                .mapToObj(i -> row(i, "name " + i, (long) i))
                .iterator();

        assertThat(fixture.copy("pgcopy:item", lazy)).isEqualTo(rows);

        assertThat(only("select count(*) as count, count(distinct key) as keys, sum(price)::text as sum from item"))
                .containsExactly(
                        Map.entry("count", (long) rows),
                        Map.entry("keys", (long) rows),
                        Map.entry("sum", "19999900000"));
    }

    @Test
    void dataSourceOptionAndComponentBeanWinOverTheSearch() throws Exception {
        try (var camel = new DefaultCamelContext()) {
            DataSource dataSource = fixture.camel.getRegistry().lookupByNameAndType("dataSource", DataSource.class);
            camel.getRegistry().bind("ours", DataSource.class, dataSource);
            camel.getRegistry().bind("other", DataSource.class, new HikariDataSource());
            camel.start();

            assertThatThrownBy(() -> camel.getEndpoint("pgcopy:item"))
                    .rootCause()
                    .hasMessageContaining("the registry holds no single DataSource");
            assertThat(camel.getEndpoint("pgcopy:item?dataSource=#ours", PgCopyEndpoint.class)
                            .getDataSource())
                    .isSameAs(dataSource);
        }
        try (var camel = new DefaultCamelContext()) {
            DataSource dataSource = new HikariDataSource();
            camel.getRegistry().bind("pgcopy", new PgCopyComponent(dataSource));
            camel.start();

            assertThat(camel.getEndpoint("pgcopy:item", PgCopyEndpoint.class).getDataSource())
                    .isSameAs(dataSource);
        }
    }

    @Test
    void poolWithAutoCommitOffIsRefusedOutsideATransaction() throws Exception {
        try (var pool = new HikariDataSource()) {
            pool.setJdbcUrl(((HikariDataSource) fixture.sql.getDataSource()).getJdbcUrl());
            pool.setUsername("postgres");
            pool.setAutoCommit(false);
            fixture.camel.getRegistry().bind("manual", DataSource.class, pool);

            assertThatThrownBy(() -> fixture.copy("pgcopy:item?columns=key&dataSource=#manual", rows(row(1))))
                    .hasMessageContaining("auto-commit is off");
        } finally {
            fixture.camel.getRegistry().unbind("manual");
        }
    }

    private static Map<String, Object> only(String query) {
        List<Map<String, Object>> found = fixture.query(query);
        assertThat(found).hasSize(1);
        return found.get(0);
    }
}
