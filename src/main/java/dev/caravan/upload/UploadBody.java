package dev.caravan.upload;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.commons.fileupload2.core.DiskFileItem;
import org.apache.commons.fileupload2.core.DiskFileItemFactory;
import org.apache.commons.fileupload2.core.FileItemInput;
import org.apache.commons.fileupload2.core.FileItemInputIterator;
import org.apache.commons.fileupload2.jakarta.servlet6.JakartaServletFileUpload;

/** The parts of a request's body, one after the other as they come in; nothing is kept. */
final class UploadBody {
    private static final int MOST_PARTS = 20;
    /** Of one part, in bytes. */
    private static final int LONGEST_HEADERS = 4096;

    private final FileItemInputIterator parts;
    private int count;

    private UploadBody(FileItemInputIterator parts) {
        this.parts = parts;
    }

    /** One part, whose bytes can be read until the next one is asked for. */
    record Part(String name, String fileName, String contentType, InputStream bytes) {
        /** Its text; empty when it is longer than that many bytes. */
        Optional<String> text(int longest) throws IOException {
            byte[] text = bytes.readNBytes(longest + 1);
            return text.length > longest ? Optional.empty() : Optional.of(new String(text, StandardCharsets.UTF_8));
        }
    }

    /** @throws IOException when the body is no body of parts */
    static UploadBody of(HttpServletRequest request) throws IOException {
        var reader = new JakartaServletFileUpload<DiskFileItem, DiskFileItemFactory>();
        reader.setMaxPartHeaderSize(LONGEST_HEADERS);
        return new UploadBody(reader.getItemIterator(request));
    }

    /** @throws IOException when the body breaks off, or has parts without end */
    Optional<Part> next() throws IOException {
        if (!parts.hasNext()) {
            return Optional.empty();
        }
        if (++count > MOST_PARTS) {
            throw new IOException("more than " + MOST_PARTS + " parts");
        }
        FileItemInput part = parts.next();
        return Optional.of(new Part(part.getFieldName(), part.getName(), part.getContentType(), part.getInputStream()));
    }
}
