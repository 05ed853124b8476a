package dev.caravan.http;

/**
 * Who sends a request, and for which organisation.
 *
 * @param organisation id, of letters, digits, {@code _} and {@code -}
 * @param account number; null when none is known
 * @param encoded Base64 of JSON, as it goes on to others; never logged
 */
public record Identity(String organisation, String account, String encoded) {
    /** Property of the exchange. */
    public static final String PROPERTY = "identity";

    /** The account number as messages have it; empty when none is known. */
    public String accountText() {
        return account == null ? "" : account;
    }

    /** Without what it was told by. */
    @Override
    public String toString() {
        return "organisation " + organisation;
    }
}
