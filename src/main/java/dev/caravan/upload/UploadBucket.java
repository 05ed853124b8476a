package dev.caravan.upload;

import dev.caravan.payload.PayloadSpool;
import dev.caravan.payload.TransferFailedException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.Exchange;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * Uploads in a bucket. Bytes gather in a file until they make a part, which then is sent: however large an upload is, and
 * however many there are at once, none takes memory.
 */
final class UploadBucket implements UploadStore {
    private static final String TYPE = "application/gzip";

    private final S3Client client;
    private final String bucket;
    private final long partBytes;
    private final PayloadSpool spool;

    /** @param partBytes bytes of one part; servers want 5 MiB at least */
    UploadBucket(S3Client client, String bucket, long partBytes, PayloadSpool spool) {
        this.client = client;
        this.bucket = bucket;
        this.partBytes = partBytes;
        this.spool = spool;
    }

    @Override
    public String place() {
        return "s3://" + bucket;
    }

    @Override
    public String nameOf(UUID upload) {
        return upload.toString();
    }

    @Override
    public Keeping begin(Upload upload, Exchange exchange) throws IOException {
        return new Parts(nameOf(upload.id()), metadata(upload), spool.lend(exchange));
    }

    @Override
    public void remove(UUID upload) {
        String key = nameOf(upload);
        // First: what anybody could read goes also where parts may not be listed.
        client.deleteObject(delete -> delete.bucket(bucket).key(key));
        client.listMultipartUploads(list -> list.bucket(bucket).prefix(key)).uploads().stream()
                .filter(begun -> begun.key().equals(key))
                .forEach(begun -> client.abortMultipartUpload(
                        abort -> abort.bucket(bucket).key(key).uploadId(begun.uploadId())));
    }

    private static Map<String, String> metadata(Upload upload) {
        return Map.of(
                "requestID", upload.requestId(),
                "account", upload.identity().accountText(),
                "org", upload.identity().organisation());
    }

    private final class Parts extends Keeping {
        private final String key;
        private final Map<String, String> metadata;
        private final Path file;
        private final List<CompletedPart> sent = new ArrayList<>();
        private OutputStream out;
        private long gathered;
        private String upload;
        private boolean finished;

        Parts(String key, Map<String, String> metadata, Path file) throws IOException {
            this.key = key;
            this.metadata = metadata;
            this.file = file;
            this.out = open();
        }

        private OutputStream open() throws IOException {
            try {
                return Files.newOutputStream(file);
            } catch (IOException e) {
                throw full(e);
            }
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws IOException {
            int done = 0;
            while (done < length) {
                int n = (int) Math.min(length - done, partBytes - gathered);
                try {
                    out.write(buffer, offset + done, n);
                } catch (IOException e) {
                    throw full(e);
                }
                done += n;
                gathered += n;
                // The last one is kept: a single part is no upload of parts at all.
                if (gathered == partBytes && done < length) {
                    send();
                }
            }
        }

        private void send() throws IOException {
            out.close();
            if (upload == null) {
                upload = client.createMultipartUpload(create ->
                                create.bucket(bucket).key(key).contentType(TYPE).metadata(metadata))
                        .uploadId();
            }
            int number = sent.size() + 1;
            var answer = client.uploadPart(
                    part -> part.bucket(bucket).key(key).uploadId(upload).partNumber(number),
                    RequestBody.fromFile(file));
            sent.add(CompletedPart.builder()
                    .partNumber(number)
                    .eTag(answer.eTag())
                    .build());
            gathered = 0;
            out = open();
        }

        @Override
        void finish() throws IOException {
            if (upload == null) {
                out.close();
                client.putObject(
                        put -> put.bucket(bucket).key(key).contentType(TYPE).metadata(metadata),
                        RequestBody.fromFile(file));
            } else {
                send();
                client.completeMultipartUpload(complete ->
                        complete.bucket(bucket).key(key).uploadId(upload).multipartUpload(all -> all.parts(sent)));
            }
            finished = true;
        }

        /** Parts that nobody completes would lie in the bucket unseen. */
        @Override
        public void close() throws IOException {
            out.close();
            if (upload != null && !finished) {
                client.abortMultipartUpload(
                        abort -> abort.bucket(bucket).key(key).uploadId(upload));
            }
        }

        private TransferFailedException full(IOException cause) {
            return new TransferFailedException(
                    "cannot write to the spool (" + cause.getMessage() + "): make room there or set CARAVAN_SPOOL",
                    cause);
        }
    }
}
