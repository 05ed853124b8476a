package dev.caravan;

/** Text from outside, fit for a cell of a CSV. */
public final class SpreadsheetText {
    /** A spreadsheet takes a cell that begins with one of these for a formula. */
    private static final String FORMULA_STARTS = "=+-@\t\r";

    private SpreadsheetText() {}

    /** The text as it is shown, not computed; null stays null. */
    public static String of(String text) {
        return text == null || text.isEmpty() || FORMULA_STARTS.indexOf(text.charAt(0)) < 0 ? text : "'" + text;
    }
}
