package dev.caravan.bench;

/** Tells whoever waits how far it has come. */
public interface Progress {
    /** Says what is being done, or stands in the way. */
    void note(String line);

    /** One more payload is done. */
    void step();
}
