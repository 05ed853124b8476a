package dev.caravan.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.PrintStream;

/** Hands bytes to a print stream, which stays open, and notices when nobody reads them any more. */
final class ReaderWatch extends FilterOutputStream {
    private final PrintStream stream;

    ReaderWatch(PrintStream stream) {
        super(stream);
        this.stream = stream;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        stream.write(bytes, offset, length);
        if (stream.checkError()) {
            throw new IOException("the output was closed before its end");
        }
    }

    @Override
    public void close() {
        stream.flush();
    }
}
