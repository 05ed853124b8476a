package dev.caravan.cli;

import java.time.Duration;
import java.util.Locale;
import org.springframework.boot.convert.DurationStyle;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Takes lengths of buckets such as 1d, 6h or P7D; zero for none, every moment of change then being a row. */
final class BucketConverter implements ITypeConverter<Duration> {
    private static final String NONE = "none";

    @Override
    public Duration convert(String text) {
        if (text.toLowerCase(Locale.ROOT).equals(NONE)) {
            return Duration.ZERO;
        }
        try {
            Duration length = DurationStyle.detectAndParse(text);
            if (length.compareTo(Duration.ofMinutes(1)) >= 0) {
                return length;
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            // As below.
        }
        throw new TypeConversionException(
                "'" + text + "' is no length of a bucket: write it like 1d, 7d or 6h, a minute or more, or none");
    }
}
