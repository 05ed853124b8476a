package dev.caravan.pgcopy;

import static dev.caravan.pgcopy.CopyFixture.row;
import static dev.caravan.pgcopy.CopyFixture.rows;
import static dev.caravan.pgcopy.CopyFixture.source;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What cannot be loaded is refused with its place, leaves no row, and leaves the connection fit for the next one. */
class PgCopyRefusalTest {
    private static CopyFixture fixture;
    private static int backend;

    @BeforeAll
    static void open() {
        fixture = new CopyFixture();
        fixture.sql.execute(
                """
                create table marker (note text);
                create table small (key integer primary key, name varchar(10), point point, twice integer
                    generated always as (key * 2) stored);
                create view small_view as select key from small;
                """);
        backend = backend();
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    @AfterEach
    void connectionIsStillInUseAndNothingWasLoaded() {
        assertThat(backend()).isEqualTo(backend);
        assertThat(fixture.count("small")).isZero();
        assertThat(fixture.count("marker")).isZero();
    }

    @ParameterizedTest(name = "{0} refuses {1}")
    @MethodSource("misfits")
    void misfitIsRefusedNamingRowColumnAndReason(String type, Object value, String reason) {
        fixture.sql.execute("drop table if exists one; create table one (\"Value\" " + type + ")");

        assertThatThrownBy(() -> copyInTransaction("pgcopy:one", rows(row((Object) null), row(value))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("pgcopy: row 2, column Value (" + type + ") of public.one: " + reason);

        assertThat(fixture.count("one")).isZero();
    }

    static Stream<Arguments> misfits() {
        return Stream.of(
                misfit("boolean", "true", "expected java.lang.Boolean, found java.lang.String"),
                misfit("smallint", 32768, "32768 is out of range"),
                misfit("integer", 2147483648L, "2147483648 is out of range"),
                misfit("integer", -2147483649L, "-2147483649 is out of range"),
                misfit("integer", 1.5, "1.5 is out of range or not a whole number"),
                misfit("integer", "1", "expected java.lang.Number, found java.lang.String"),
                misfit("bigint", 1e19, "1.0E19 is out of range or not a whole number"),
                misfit("bigint", Double.NaN, "NaN is out of range or not a whole number"),
                misfit("real", 1e39, "1.0E39 is out of range"),
                misfit("double precision", new BigDecimal("1E+400"), "1E+400 is out of range"),
                misfit("double precision", "1", "expected java.lang.Number, found java.lang.String"),
                misfit("numeric", Double.NaN, "NaN is not a finite number"),
                misfit("numeric", Double.POSITIVE_INFINITY, "Infinity is not a finite number"),
                misfit("numeric", new BigDecimal("1E+999999999"), "more than 11992 digits"),
                misfit(
                        "numeric",
                        "1",
                        "expected java.math.BigDecimal, BigInteger, Long, Integer, Short, Byte or Double,"
                                + " found java.lang.String"),
                misfit("text", "ab\0c", "NUL character at position 2"),
                misfit("text", "é\0", "NUL character at position 1"),
                misfit("text", "half \uD83D", "half a surrogate pair at position 5"),
                misfit("text", "\uDE00\uD83D", "half a surrogate pair at position 0"),
                misfit("text", 1, "expected java.lang.CharSequence, found java.lang.Integer"),
                misfit("jsonb", "\"\0\"", "NUL character at position 1"),
                misfit("bytea", "x", "expected byte[], found java.lang.String"),
                misfit("date", LocalDate.MAX, "+999999999-12-31 is out of range"),
                misfit("date", Instant.EPOCH, "expected java.time.LocalDate, found java.time.Instant"),
                misfit("timestamp without time zone", LocalDateTime.MIN, "long overflow"),
                misfit("timestamp with time zone", Long.MIN_VALUE, "long overflow"),
                misfit(
                        "timestamp with time zone",
                        LocalDateTime.MIN,
                        "expected java.time.Instant, java.time.OffsetDateTime or java.lang.Long,"
                                + " found java.time.LocalDateTime"),
                misfit("uuid", "x", "expected java.util.UUID, found java.lang.String"),
                misfit("text[]", "x", "expected java.util.List or java.lang.Object[], found java.lang.String"),
                misfit("text[]", List.of(1), "expected java.lang.CharSequence, found java.lang.Integer"));
    }

    @Test
    void unknownTableIsNamedWithTheSearchPath() {
        assertThatThrownBy(() -> copyInTransaction("pgcopy:smal", rows(row(1))))
                .isInstanceOfSatisfying(SQLException.class, failure -> assertThat(failure.getSQLState())
                        .isEqualTo("42P01"))
                .hasMessage("pgcopy: there is no table smal in the search_path \"$user\", public");
        assertThatThrownBy(() -> copyInTransaction("pgcopy:nowhere.small", rows(row(1))))
                .hasMessage("pgcopy: there is no table nowhere.small");
    }

    @Test
    void tableNameIsNeverReadAsSql() {
        String uri = "pgcopy:small (key) from stdin; drop table small; --";

        assertThatThrownBy(() -> copyInTransaction(uri, rows(row(1))))
                .hasMessageContaining("there is no table small (");
    }

    @Test
    void viewIsNoTable() {
        assertThatThrownBy(() -> copyInTransaction("pgcopy:small_view", rows(row(1))))
                .hasMessage("pgcopy: public.small_view is not a table");
    }

    @Test
    void unknownColumnIsNamed() {
        assertThatThrownBy(() -> copyInTransaction("pgcopy:small?columns=key,nam", rows(row(1, "a"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("pgcopy: public.small has no column nam");
    }

    @Test
    void unsupportedTypeIsNamedBeforeTheFirstRowIsAskedFor() {
        Iterator<Object[]> untouched = new Iterator<>() {
            @Override
            public boolean hasNext() {
                throw new AssertionError("the iterator was asked");
            }

            @Override
            public Object[] next() {
                throw new AssertionError("the iterator was asked");
            }
        };

        assertThatThrownBy(() -> copyInTransaction("pgcopy:small", untouched))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("pgcopy: column point of public.small has the type point, which is not supported");
    }

    @Test
    void generatedColumnCannotBeFilled() {
        assertThatThrownBy(() -> copyInTransaction("pgcopy:small?columns=twice", rows(row(2))))
                .hasMessage("pgcopy: column twice of public.small is generated by the server");
    }

    @Test
    void rowOfTheWrongLengthOrKindIsRefused() {
        assertThatThrownBy(() -> copyInTransaction("pgcopy:small?columns=key,name", rows(row(1, "a"), row(2))))
                .hasMessage("pgcopy: row 2 for public.small must be an Object[] of 2 values, not of 1");
        assertThatThrownBy(() -> copyInTransaction("pgcopy:small?columns=key", rows(row(1), null)))
                .hasMessage("pgcopy: row 2 for public.small must be an Object[] of 1 values, not null");
        assertThat(fixture.send("pgcopy:small?columns=key", List.of("x").iterator())
                        .getException())
                .hasMessage("pgcopy: row 1 for public.small must be an Object[] of 1 values, not a java.lang.String");
    }

    @Test
    void bodyOfAnotherKindIsRefused() {
        assertThat(fixture.send("pgcopy:small", "1,a").getException())
                .hasMessage("pgcopy: the body must be a RowSource or an Iterator<Object[]>, not java.lang.String");
    }

    @Test
    void iteratorFailureLeavesNoRowAndArrivesUnwrapped() {
        var failure = new UncheckedIOException(new IOException("torn"));
        Iterator<Object[]> torn = IntStream.range(0, 50_000)
                .mapToObj(i -> {
                    if (i == 49_999) {
                        throw failure;
                    }
                    return row(i, "name");
                })
                .iterator();

        assertThatThrownBy(() -> copyInTransaction("pgcopy:small?columns=key,name", torn))
                .isSameAs(failure);
        assertThat(failure.getSuppressed()).isEmpty();
    }

    @Test
    void iteratorFailureLeavesNoRowWithoutATransactionOfTheCallerToo() {
        var failure = new IllegalStateException("torn");
        Iterator<Object[]> torn = IntStream.range(0, 50_000)
                .mapToObj(i -> {
                    if (i == 49_999) {
                        throw failure;
                    }
                    return row(i, "name");
                })
                .iterator();

        assertThat(fixture.send("pgcopy:small?columns=key,name", torn).getException())
                .isSameAs(failure);
    }

    @Test
    void constraintViolationInTheLastRowLeavesNoRowAndKeepsItsSqlState() {
        Iterator<Object[]> last = IntStream.rangeClosed(0, 50_000)
                .mapToObj(i -> row(i % 50_000, "name"))
                .iterator();

        assertThatThrownBy(() -> copyInTransaction("pgcopy:small?columns=key,name", last))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("23505"));
    }

    @Test
    void errorInTheFirstRowKeepsItsSqlState() {
        // pgjdbc 42.7.8 reads the server's answer only at the end of a COPY, so the rows after it are sent in vain.
        Iterator<Object[]> early = IntStream.range(0, 200_000)
                .mapToObj(i -> row(i, i == 0 ? "longer than ten" : "name"))
                .iterator();

        assertThatThrownBy(() -> copyInTransaction("pgcopy:small?columns=key,name", early))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22001"));
    }

    @Test
    void consumerIsRefused() {
        assertThatThrownBy(() -> fixture.camel.getEndpoint("pgcopy:small").createConsumer(exchange -> {}))
                .hasMessageContaining("use it in a 'to', not a 'from'");
    }

    @Test
    void rowSourceNamesAreCheckedToo() {
        assertThatThrownBy(() -> copyInTransaction("pgcopy:small", source(List.of("key", "no"), rows(row(1, 2)))))
                .hasMessage("pgcopy: public.small has no column no");
    }

    /** A row of the same transaction goes in first, so that a failure that does not roll back would show. */
    private static void copyInTransaction(String uri, Iterator<Object[]> rows) throws Exception {
        Exception[] failure = new Exception[1];
        fixture.transaction.executeWithoutResult(status -> {
            fixture.sql.update("insert into marker values ('before')");
            failure[0] = fixture.send(uri, rows).getException();
            if (failure[0] != null) {
                status.setRollbackOnly();
            }
        });
        if (failure[0] != null) {
            throw failure[0];
        }
    }

    private static int backend() {
        return fixture.sql.queryForObject("select pg_backend_pid()", int.class);
    }

    private static Arguments misfit(String type, Object value, String reason) {
        return Arguments.of(type, value, reason);
    }
}
