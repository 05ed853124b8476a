package dev.caravan.cli;

import dev.caravan.PrintableText;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** A table of aligned columns; control characters from outside never reach the terminal. */
final class TextTable {
    private static final String GAP = "  ";

    private final List<String> names = new ArrayList<>();
    private final List<Boolean> numbers = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    /** Adds a column of text. */
    TextTable text(String name) {
        names.add(name);
        numbers.add(false);
        return this;
    }

    /** Adds a column of numbers, aligned at the right. */
    TextTable number(String name) {
        names.add(name);
        numbers.add(true);
        return this;
    }

    /** Adds a row; null is shown as a dash. */
    TextTable row(Object... cells) {
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(cell == null ? "-" : PrintableText.of(cell.toString()));
        }
        rows.add(row);
        return this;
    }

    void print(PrintStream out) {
        int[] widths = new int[names.size()];
        measure(widths, names);
        rows.forEach(row -> measure(widths, row));
        print(out, widths, names);
        rows.forEach(row -> print(out, widths, row));
    }

    private static void measure(int[] widths, List<String> row) {
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Math.max(widths[i], row.get(i).length());
        }
    }

    private void print(PrintStream out, int[] widths, List<String> row) {
        var line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String space = " ".repeat(widths[i] - row.get(i).length());
            line.append(i == 0 ? "" : GAP);
            line.append(numbers.get(i) ? space + row.get(i) : row.get(i) + space);
        }
        out.println(line.toString().stripTrailing());
    }
}
