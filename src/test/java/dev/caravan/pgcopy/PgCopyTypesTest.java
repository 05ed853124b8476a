package dev.caravan.pgcopy;

import static dev.caravan.pgcopy.CopyFixture.row;
import static dev.caravan.pgcopy.CopyFixture.rows;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every supported type arrives as the SQL literal of the same value would. */
class PgCopyTypesTest {
    private static final String UUID_TEXT = "00112233-4455-6677-8899-aabbccddeeff";
    private static CopyFixture fixture;

    @BeforeAll
    static void open() {
        fixture = new CopyFixture();
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("values")
    void valueArrivesAsItsLiteralWould(String type, String literal, Object value) throws Exception {
        fixture.sql.execute("drop table if exists one; create table one (value " + type + ")");

        fixture.copy("pgcopy:one", rows(row(value)));

        // Equality would take 1.0 for 1.00 and knows no json; the sent bytes differ in everything that differs.
        Map<String, Object> found = fixture.sql.queryForMap(
                "select record_send(row(value)) = record_send(row((%s)::%s)) as same, value::text as text from one"
                        .formatted(literal, type));
        assertThat(found.get("same"))
                .as("same as what arrived: %.200s", found.get("text"))
                .isEqualTo(true);
    }

    static Stream<Arguments> values() {
        return Stream.of(
                value("boolean", "true", true),
                value("boolean", "false", false),
                value("smallint", "'-32768'", Short.MIN_VALUE),
                value("smallint", "32767", 32767),
                value("integer", "'-2147483648'", Integer.MIN_VALUE),
                value("integer", "2147483647", 2147483647L),
                value("integer", "7", new BigDecimal("7.00")),
                value("integer", "-7", -7.0),
                value("bigint", "'-9223372036854775808'", Long.MIN_VALUE),
                value("bigint", "9223372036854775807", BigInteger.valueOf(Long.MAX_VALUE)),
                value("bigint", "0", (byte) 0),
                value("real", "0.1", 0.1f),
                value("real", "'-3.4028235e38'", -Float.MAX_VALUE),
                value("real", "0.1", 0.1),
                value("real", "'Infinity'", Float.POSITIVE_INFINITY),
                value("real", "'-Infinity'", Double.NEGATIVE_INFINITY),
                value("real", "'NaN'", Float.NaN),
                value("double precision", "0.1", 0.1),
                value("double precision", "'-0'", -0.0),
                value("double precision", "'4.9e-324'", Double.MIN_VALUE),
                value("double precision", "'1.7976931348623157e308'", Double.MAX_VALUE),
                value("double precision", "'Infinity'", Double.POSITIVE_INFINITY),
                value("double precision", "'-Infinity'", Double.NEGATIVE_INFINITY),
                value("double precision", "'NaN'", Double.NaN),
                value("double precision", "42", 42L),
                value("double precision", "0.5", new BigDecimal("0.50")),
                value("numeric", "0", BigDecimal.ZERO),
                value("numeric", "0.000", new BigDecimal("0.000")),
                value("numeric", "-1", -1),
                value("numeric", "9223372036854775807", Long.MAX_VALUE),
                value("numeric", "'-9223372036854775808'", Long.MIN_VALUE),
                value("numeric", "9007199254740993", 9007199254740993L),
                value("numeric", "0.1", 0.1),
                value("numeric", "1000", new BigDecimal("1E+3")),
                value("numeric", "10000", new BigDecimal("10000")),
                value("numeric", "-9999.9999", new BigDecimal("-9999.9999")),
                value("numeric", "0.00010000", new BigDecimal("0.00010000")),
                value("numeric", "'1e-20'", new BigDecimal("1E-20")),
                value("numeric", "999999999999.999", new BigDecimal("999999999999.999")),
                value("numeric", "9999999999999.999", new BigDecimal("9999999999999.999")),
                value(
                        "numeric",
                        "123456789012345678901234567890.000000001",
                        new BigDecimal("123456789012345678901234567890.000000001")),
                value(
                        "numeric",
                        "-123456789012345678901234567890.000000001",
                        new BigDecimal("-123456789012345678901234567890.000000001")),
                value("numeric", "'1e300'", new BigDecimal("1E+300")),
                value("numeric", "7", BigInteger.valueOf(7)),
                value("numeric(33,15)", "1.5", new BigDecimal("1.5")),
                value("numeric(10,2)", "-1.005", new BigDecimal("-1.005")),
                value("text", "''", ""),
                value("text", "E'tab\\t newline\\n backslash\\\\ null \\\\N'", "tab\t newline\n backslash\\ null \\N"),
                value("text", "'žluťoučký kůň 漢字 €'", "žluťoučký kůň 漢字 €"),
                value("text", "U&'a\\+01F600z\\+10FFFF'", "a\uD83D\uDE00z\uDBFF\uDFFF"),
                value("text", "U&'\\0001\\007F\\0080\\07FF\\0800\\FFFF'", "\u0001\u007F\u0080\u07FF\u0800\uFFFF"),
                value("text", "repeat('x', 1048576)", "x".repeat(1 << 20)),
                value("text", "repeat(U&'\\00E9\\6F22\\+01F600', 200000)", "é漢\uD83D\uDE00".repeat(200_000)),
                value("text", "'built'", new StringBuilder("built")),
                value("varchar", "'any'", "any"),
                value("varchar(5)", "'žluťo'", "žluťo"),
                value("char(5)", "'ab'", "ab"),
                value("bytea", "''", new byte[0]),
                value("bytea", "'\\x00017f80ff'", new byte[] {0, 1, 127, -128, -1}),
                value("date", "'2000-01-01'", LocalDate.of(2000, 1, 1)),
                value("date", "'1999-12-31'", LocalDate.of(1999, 12, 31)),
                value("date", "'1970-01-01'", LocalDate.EPOCH),
                value("date", "'1582-10-10'", LocalDate.of(1582, 10, 10)),
                value("date", "'0001-01-01'", LocalDate.of(1, 1, 1)),
                value("date", "'0001-02-29 BC'", LocalDate.of(0, 2, 29)),
                value("date", "'4713-01-01 BC'", LocalDate.of(-4712, 1, 1)),
                value("date", "'5874897-12-31'", LocalDate.of(5_874_897, 12, 31)),
                value("timestamp", "'2000-01-01'", LocalDateTime.of(2000, 1, 1, 0, 0)),
                value(
                        "timestamp",
                        "'1999-12-31 23:59:59.999999'",
                        LocalDateTime.of(1999, 12, 31, 23, 59, 59, 999_999_000)),
                value("timestamp", "'1969-12-31 23:59:59.000001'", LocalDateTime.of(1969, 12, 31, 23, 59, 59, 1_999)),
                value("timestamp", "'0044-03-15 12:00 BC'", LocalDateTime.of(-43, 3, 15, 12, 0)),
                value("timestamp", "'294276-12-31 23:59:59'", LocalDateTime.of(294_276, 12, 31, 23, 59, 59)),
                value("timestamptz", "'2026-01-31 23:00:00.123456Z'", Instant.parse("2026-01-31T23:00:00.123456Z")),
                value("timestamptz", "'2026-01-31 23:00+09'", OffsetDateTime.parse("2026-01-31T23:00:00+09:00")),
                value("timestamptz", "'1970-01-01Z'", 0L),
                value("timestamptz", "'1969-12-31 23:59:59.999999Z'", -1L),
                value("timestamptz", "'2000-01-01Z'", 946_684_800_000_000L),
                value("timestamptz", "'1969-12-31 23:59:58.5Z'", Instant.parse("1969-12-31T23:59:58.5Z")),
                value("time", "'00:00'", LocalTime.MIN),
                value("time", "'23:59:59.999999'", LocalTime.MAX),
                value("uuid", "'" + UUID_TEXT + "'", UUID.fromString(UUID_TEXT)),
                value("json", "'{\"a\":  [1, \"ž\"]}'", "{\"a\":  [1, \"ž\"]}"),
                value("jsonb", "'{\"b\": null, \"a\": 1.50}'", "{\"b\":null,\"a\":1.50}"),
                value("text[]", "'{}'", List.of()),
                value("text[]", "array['a', null, '', 'NULL', '{,}']", Arrays.asList("a", null, "", "NULL", "{,}")),
                value("text[]", "array['é']", new String[] {"é"}),
                value("integer[]", "array[1, null, -2147483648]", new Object[] {1, null, Integer.MIN_VALUE}),
                value("bigint[]", "array[9223372036854775807]", List.of(Long.MAX_VALUE)),
                value("double precision[]", "array[0.1, 'NaN', null]::float8[]", Arrays.asList(0.1, Double.NaN, null)),
                value("uuid[]", "array['" + UUID_TEXT + "', null]", new UUID[] {UUID.fromString(UUID_TEXT), null}),
                value("date[]", "array['1999-12-31', null]::date[]", Arrays.asList(LocalDate.of(1999, 12, 31), null)),
                value(
                        "timestamptz[]",
                        "array['1970-01-01Z', '2026-01-01Z', null]::timestamptz[]",
                        Arrays.asList(0L, Instant.parse("2026-01-01T00:00:00Z"), null)));
    }

    @Test
    void everyTypeTakesNull() throws Exception {
        List<String> types =
                values().map(each -> (String) each.get()[0]).distinct().toList();
        fixture.sql.execute("drop table if exists nothing; create table nothing ("
                + IntStream.range(0, types.size())
                        .mapToObj(i -> "c" + i + " " + types.get(i))
                        .collect(Collectors.joining(", "))
                + ")");

        fixture.copy("pgcopy:nothing", rows(new Object[types.size()]));

        assertThat(fixture.sql.queryForObject(
                        "select count(*) from nothing, jsonb_each(to_jsonb(nothing)) where value = 'null'", int.class))
                .isEqualTo(types.size());
    }

    @Test
    void anyDecimalArrivesDigitForDigit() throws Exception {
        var random = new Random(20261101);
        fixture.sql.execute("drop table if exists decimals; create table decimals (number numeric, digits text)");
        var rows = IntStream.range(0, 20_000)
                .mapToObj(i -> new BigDecimal(
                        new BigInteger(random.nextInt(120), random).multiply(BigInteger.valueOf(random.nextInt(3) - 1)),
                        random.nextInt(60) - 20))
                .map(number -> row(number, number.toPlainString()))
                .iterator();

        assertThat(fixture.copy("pgcopy:decimals", rows)).isEqualTo(20_000);

        assertThat(fixture.query("select number, digits from decimals where number::text <> digits"))
                .isEmpty();
    }

    private static Arguments value(String type, String literal, Object value) {
        return Arguments.of(type, literal, value);
    }
}
