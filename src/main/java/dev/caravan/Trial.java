package dev.caravan;

import java.net.URI;
import java.util.List;

/** Something to load, and to look at afterwards, where all servers are Caravan's own. */
public interface Trial {
    /** The ways in. */
    enum Way {
        DROP_DIRECTORY("drop directory"),
        HTTP("HTTP"),
        S3_BUCKET("S3 bucket");

        private final String title;

        Way(String title) {
            this.title = title;
        }

        public String title() {
            return title;
        }
    }

    /**
     * A payload that comes with Caravan.
     *
     * @param sha256 of its bytes, lower-case hexadecimal
     */
    record Sample(String name, Way cameBy, String sha256) {}

    List<Sample> samples();

    /**
     * Hands samples in, each by its way; the routes take them from there.
     *
     * @param settings those the routes run with
     * @param frontDoor address of their front door
     */
    void handIn(List<Sample> samples, CaravanSettings settings, URI frontDoor);

    /** A command line that opens the database on the demo organisation's tables and asks for no password. */
    String psql();
}
