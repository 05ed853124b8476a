package dev.caravan.cli;

import dev.caravan.database.Migrations;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Takes ids an organisation can have. */
final class OrganisationConverter implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
        if (!Migrations.isOrganisation(text)) {
            throw new TypeConversionException(
                    "'" + text + "' is no organisation: use lower-case letters, digits and underscores, at most 50");
        }
        return text;
    }
}
