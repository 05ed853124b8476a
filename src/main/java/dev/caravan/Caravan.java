package dev.caravan;

import dev.caravan.cli.CaravanCommand;
import dev.caravan.cli.Terminal;
import java.util.Map;
import java.util.TimeZone;

/** Entry point. */
public final class Caravan {
    private Caravan() {}

    public static void main(String[] arguments) {
        OutOfMemory.watchThreads();
        // pgjdbc sends the process's zone to the server, and that one wins.
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        System.exit(CaravanCommand.execute(Terminal.ofProcess(), Map.of(), arguments));
    }
}
