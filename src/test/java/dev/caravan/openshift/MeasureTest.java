package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MeasureTest {
    private static final double NUMBER = Measure.GREATEST_NUMBER;
    private static final double BYTES = Measure.GREATEST_BYTES;

    @Test
    void anEmptyFieldIsNoNumberAndNotZero() {
        assertThat(Measure.parse("", NUMBER)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "0.000000, 0",
        "36.000000, 36",
        "0.1, 0.1",
        ".5, 0.5",
        "5., 5",
        "+5, 5",
        "007, 7",
        "1e3, 1000",
        "1E+3, 1000",
        "25e-1, 2.5",
        "1e-400, 0",
        "9007199254740993, 9007199254740992"
    })
    void decimalsAreRead(String text, double value) {
        assertThat(Measure.parse(text, BYTES)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-0", "-0.000000", "-0e5"})
    void minusZeroIsZero(String text) {
        assertThat(Double.doubleToRawLongBits(Measure.parse(text, NUMBER))).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NaN",
                "nan",
                "Infinity",
                "-Infinity",
                "inf",
                "null",
                "NA",
                "x",
                ".",
                "-",
                "+",
                "e5",
                "1e",
                "1e+",
                "--1",
                "1.2.3",
                "0x10",
                "0x1p3",
                "1f",
                "1d",
                "1D",
                "5F",
                "1L",
                "1,5",
                "1,000",
                "1_000",
                " ",
                " 1",
                "1 ",
                "1 2",
                "\t1",
                "1\n",
                "１",
                "٣",
                "1\u0000",
                "$1",
                "1%"
            })
    void anythingElseIsNoNumber(String text) {
        assertRefused(text, NUMBER, "not-a-number");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "-0.000001", "-1e300", "-1e999", "-4.9e-324"})
    void negativeNumbersAreRefused(String text) {
        assertRefused(text, BYTES, "negative-number");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1000000000000", "1000000000000.0", "1e12", "999999999999.999999"})
    void numbersUpToTheirLimitAreTaken(String text) {
        assertThat(Measure.parse(text, NUMBER)).isEqualTo(Double.parseDouble(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1000000000000.001", "1000000000001", "1.0000001e12", "1e13", "1e308", "1e309", "1e999999999"})
    void numbersAboveTheirLimitAreRefused(String text) {
        assertRefused(text, NUMBER, "number-too-large");
    }

    @Test
    void bytesHaveTheirOwnLimit() {
        assertThat(Measure.parse("1e24", BYTES)).isEqualTo(1e24);
        assertThat(Measure.parse("1000000000000000000000000", BYTES)).isEqualTo(1e24);
        assertThat(Measure.parse("99999999999999999999999.999999", BYTES)).isEqualTo(1e23);
        assertRefused("1.000001e24", BYTES, "number-too-large");
        assertRefused("1" + "0".repeat(400), BYTES, "number-too-large");
    }

    @Test
    void aLongFieldIsReadOrRefusedQuickly() {
        assertRefused("9".repeat(1 << 20), BYTES, "number-too-large");
        assertThat(Measure.parse("0." + "3".repeat(1 << 20), NUMBER)).isEqualTo(1.0 / 3);
    }

    @Test
    void everyDecimalIsRoundedAsJavaRoundsIt() {
        var random = new Random(20251121);
        for (int i = 0; i < 100_000; i++) {
            String text = randomDecimal(random);
            double expected = Double.parseDouble(text);
            if (expected <= BYTES) {
                assertThat(Measure.parse(text, BYTES)).as(text).isEqualTo(expected);
            } else {
                assertRefused(text, BYTES, "number-too-large");
            }
        }
    }

    /** Up to 25 digits before and after the point, often with few, some with an exponent, many near powers of two. */
    private static String randomDecimal(Random random) {
        String digits =
                switch (random.nextInt(3)) {
                    case 0 -> Integer.toString(random.nextInt(1_000_000));
                    case 1 -> new BigInteger(1 + random.nextInt(80), random).toString();
                    default -> Long.toString((1L << random.nextInt(55)) + random.nextInt(5));
                };
        return switch (random.nextInt(5)) {
            case 0 -> digits;
            case 1 -> digits + "." + String.format("%06d", random.nextInt(1_000_000));
            case 2 -> digits + "." + new BigInteger(1 + random.nextInt(80), random);
            case 3 -> new BigDecimal(new BigInteger(digits), random.nextInt(25)).toPlainString();
            default -> digits + "e" + (random.nextInt(60) - 40);
        };
    }

    private static void assertRefused(String text, double greatest, String reason) {
        assertThatThrownBy(() -> Measure.parse(text, greatest))
                .isInstanceOfSatisfying(
                        RowRejectedException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }
}
