package dev.caravan.cli;

import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Takes ids an organisation can have. */
final class OrganisationConverter implements ITypeConverter<String> {
    private static final Pattern ID = Pattern.compile("[a-z0-9_]{1,50}");

    static boolean isValid(String text) {
        return ID.matcher(text).matches();
    }

    @Override
    public String convert(String text) {
        if (!isValid(text)) {
            throw new TypeConversionException(
                    "'" + text + "' is no organisation: use lower-case letters, digits and underscores, at most 50");
        }
        return text;
    }
}
