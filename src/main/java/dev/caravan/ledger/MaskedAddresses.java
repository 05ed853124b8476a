package dev.caravan.ledger;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Texts from outside without what gives access in the addresses they name: the query part, and a user's name and password. */
public final class MaskedAddresses {
    private static final String MASK = "********";
    private static final String SLASHES = ":(?:\\\\?/){2}";
    /** JSON may write it as an escape. */
    private static final String QUESTION_MARK = "(?:\\?|\\\\u003[fF])";
    /** A JSON string that begins with an address: its query part ends with the string, whatever is in it. */
    private static final Pattern QUOTED_QUERY = Pattern.compile("(?<=\")(?<path>[^\\s\"?\\\\:]{1,20}" + SLASHES
            + "(?:(?!" + QUESTION_MARK + ")(?:\\\\.|[^\"\\\\]))*+)" + QUESTION_MARK + "(?:\\\\.|[^\"\\\\])*+");
    /** An address in any text. Each match takes the whole address and gives nothing back, so that no text takes long. */
    private static final Pattern ADDRESS = Pattern.compile("(?<slashes>" + SLASHES + ")(?<user>[^\\s\"/?@\\\\]*+@)?"
            + "(?<path>(?:(?!" + QUESTION_MARK + ")(?:\\\\.|[^\\s\"\\\\]))*+)"
            + "(?<query>" + QUESTION_MARK + "(?:\\\\.|[^\\s\"\\\\])*+)?");

    private MaskedAddresses() {}

    public static String in(String text) {
        if (text == null) {
            return null;
        }
        String stringsMasked = QUOTED_QUERY.matcher(text).replaceAll("${path}?" + MASK);
        return ADDRESS.matcher(stringsMasked)
                .replaceAll(address -> Matcher.quoteReplacement(masked((Matcher) address)));
    }

    private static String masked(Matcher address) {
        return address.group("slashes")
                + (address.group("user") == null ? "" : MASK + "@")
                + address.group("path")
                + (address.group("query") == null ? "" : "?" + MASK);
    }
}
