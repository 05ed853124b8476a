package dev.caravan.openstack;

import dev.caravan.PrintableText;
import dev.caravan.ledger.MaskedAddresses;
import java.sql.SQLException;
import java.sql.SQLSyntaxErrorException;
import java.util.List;

/**
 * Why a site's database did not hand out a table.
 *
 * @param message what it said; one line
 */
public record ExtractionFailure(Kind kind, String message) {
    /** The names that reports about extractions have always used, each with what to do next. */
    public enum Kind {
        MISSING("nothing to do where the site does not use it"),
        AUTH_ERROR("see user and password, and from where the account may connect"),
        PERMISSION_ERROR("have the site run what `openstack print-grants` prints"),
        CONNECTION_ERROR("see db_uri, whether the server runs, and TLS: db_ca_file, or sslMode in db_uri"),
        OPERATIONAL_ERROR("import again, and see the server's log if it stays so"),
        PROGRAMMING_ERROR("the table is not as it is known here: have it looked at");

        private final String nextStep;

        Kind(String nextStep) {
            this.nextStep = nextStep;
        }
    }

    static ExtractionFailure of(SQLException failure) {
        String state = String.valueOf(failure.getSQLState());
        Kind kind =
                switch (failure.getErrorCode()) {
                    // no such table, no such database
                    case 1146, 1049 -> Kind.MISSING;
                    case 1044, 1045, 1698 -> Kind.AUTH_ERROR;
                    // of a table, of a column
                    case 1142, 1143 -> Kind.PERMISSION_ERROR;
                    case 2002, 2003, 2006, 2013 -> Kind.CONNECTION_ERROR;
                    default -> {
                        if (state.startsWith("28")) {
                            yield Kind.AUTH_ERROR;
                        }
                        if (state.startsWith("08")) {
                            yield Kind.CONNECTION_ERROR;
                        }
                        yield failure instanceof SQLSyntaxErrorException || state.startsWith("42")
                                ? Kind.PROGRAMMING_ERROR
                                : Kind.OPERATIONAL_ERROR;
                    }
                };
        return new ExtractionFailure(kind, textOf(failure));
    }

    /** Before there is a connection, all that is no question of the account is one of the way to the server. */
    static ExtractionFailure ofConnecting(SQLException failure) {
        ExtractionFailure known = of(failure);
        return known.kind == Kind.AUTH_ERROR ? known : new ExtractionFailure(Kind.CONNECTION_ERROR, known.message);
    }

    static ExtractionFailure lacking(List<String> columns) {
        return new ExtractionFailure(
                Kind.PROGRAMMING_ERROR,
                "it has no column " + String.join(", ", columns) + " that this account may read");
    }

    /** Whatever the driver says of an address that a password is part of. */
    ExtractionFailure without(String secret) {
        return secret.isEmpty() ? this : new ExtractionFailure(kind, message.replace(secret, "********"));
    }

    /** In one line, with what to do next. */
    @Override
    public String toString() {
        return kind + ": " + message + "; " + kind.nextStep;
    }

    private static String textOf(SQLException failure) {
        String text = String.valueOf(failure.getMessage()).replaceFirst("^\\(conn=\\d+\\) ", "");
        return PrintableText.of(MaskedAddresses.in(text));
    }
}
