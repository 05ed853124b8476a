package dev.caravan;

/** Text from outside, fit for one line of a terminal. */
public final class PrintableText {
    private PrintableText() {}

    public static String of(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ").strip();
    }
}
