package dev.caravan.upload;

import dev.caravan.payload.TransferFailedException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.apache.camel.Exchange;

/** Uploads in a directory; a file has its name only once it is whole and on the disk. */
final class UploadDirectory implements UploadStore {
    private final Path directory;

    UploadDirectory(Path directory) {
        this.directory = directory.toAbsolutePath().normalize();
    }

    @Override
    public String place() {
        return directory.toString();
    }

    @Override
    public String nameOf(UUID upload) {
        return upload + ".tar.gz";
    }

    @Override
    public Keeping begin(Upload upload, Exchange exchange) throws IOException {
        try {
            Files.createDirectories(directory);
            return new Part(part(upload.id()), directory.resolve(nameOf(upload.id())));
        } catch (IOException e) {
            throw full(e);
        }
    }

    @Override
    public void remove(UUID upload) throws IOException {
        Files.deleteIfExists(part(upload));
        Files.deleteIfExists(directory.resolve(nameOf(upload)));
    }

    private Path part(UUID upload) {
        return directory.resolve(upload + ".part");
    }

    private TransferFailedException full(IOException cause) {
        return new TransferFailedException(
                "cannot write to " + directory + " (" + cause.getMessage()
                        + "): make room there or set CARAVAN_UPLOADS",
                cause);
    }

    private final class Part extends Keeping {
        private final Path part;
        private final Path file;
        private final OutputStream out;

        Part(Path part, Path file) throws IOException {
            this.part = part;
            this.file = file;
            this.out = Files.newOutputStream(part, StandardOpenOption.CREATE_NEW);
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws IOException {
            try {
                out.write(buffer, offset, length);
            } catch (IOException e) {
                throw full(e);
            }
        }

        @Override
        void finish() throws IOException {
            try {
                out.close();
                try (var written = FileChannel.open(part, StandardOpenOption.WRITE)) {
                    written.force(true);
                }
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
                try (var entries = FileChannel.open(directory, StandardOpenOption.READ)) {
                    entries.force(true);
                }
            } catch (IOException e) {
                throw full(e);
            }
        }

        @Override
        public void close() throws IOException {
            out.close();
            Files.deleteIfExists(part);
        }
    }
}
