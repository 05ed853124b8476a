package dev.caravan.cli;

import java.time.DateTimeException;
import java.time.Period;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Takes a number of days, as 7d, or in ISO form as P7D or P1W. */
final class DaysConverter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
        try {
            Period period = Period.parse(text.matches("\\d{1,5}[dD]") ? "P" + text : text);
            if (period.toTotalMonths() == 0 && period.getDays() > 0) {
                return period.getDays();
            }
        } catch (DateTimeException e) {
            // Said below, as for a period of another kind.
        }
        throw new TypeConversionException("'" + text + "' is no number of days: write it like 7d or P7D");
    }
}
