package dev.caravan.ledger;

import dev.caravan.payload.SpooledFile;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Keeps original bytes under names that Caravan chose. No method holds a payload in memory. */
public interface QuarantineStore {
    /** As rows remember it: {@code s3://<bucket>}, or an absolute directory. */
    String place();

    /** Stores the bytes durably, over any that are there; whether they are the same is looked at afterwards. */
    void put(SpooledFile file, String name) throws IOException;

    /** Whether there are bytes of that name; they are not read. */
    boolean exists(String name);

    /** The bytes; empty when there are none of that name. */
    Optional<InputStream> open(String name) throws IOException;

    /** Nothing when there are none of that name. */
    void delete(String name) throws IOException;

    /** Names of bytes that have not changed since then. */
    List<String> olderThan(Instant time) throws IOException;
}
