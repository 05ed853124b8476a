package dev.caravan.upload;

import java.io.IOException;
import java.io.OutputStream;
import java.util.UUID;
import org.apache.camel.Exchange;

/** Where uploads wait until they are loaded: a bucket, or a directory where there is none. */
interface UploadStore {
    /** Name of the place, as the ledger keeps it. */
    String place();

    /** Name of an upload in that place; nothing of it comes from outside. */
    String nameOf(UUID upload);

    /**
     * Begins to keep an upload; nobody sees it before it is finished.
     *
     * @param exchange with which whatever is needed meanwhile goes
     */
    Keeping begin(Upload upload, Exchange exchange) throws IOException;

    /** Takes an upload back, kept or half kept by a process that ended; nothing happens where there is none. */
    void remove(UUID upload) throws IOException;

    /** Bytes on their way; closed before they are finished they vanish. */
    abstract class Keeping extends OutputStream {
        /** Returns when all bytes are safe. */
        abstract void finish() throws IOException;
    }
}
