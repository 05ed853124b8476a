package dev.caravan.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** Asks the person at the terminal before something is done that cannot be undone. */
final class Confirmation {
    private Confirmation() {}

    /**
     * Goes on when the person says yes.
     *
     * @throws UsageException when not, or when nobody can be asked
     */
    static void ask(Terminal terminal, String question) throws IOException {
        if (!terminal.interactive()) {
            throw new UsageException(question + " Nobody can be asked here: add --yes");
        }
        terminal.err().print(question + " Type yes to go on: ");
        terminal.err().flush();
        // Not closed: standard input is not ours.
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        if (!"yes".equalsIgnoreCase(String.valueOf(input.readLine()).strip())) {
            throw new UsageException("nothing was changed: the question was not answered with yes");
        }
    }
}
