package dev.caravan.s3;

import dev.caravan.ledger.QuarantineStore;
import dev.caravan.payload.SpooledFile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.io.input.BoundedInputStream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.HttpStatusCode;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Quarantined bytes in a bucket. What is larger than a part is sent part by part, each straight from its file. */
public final class QuarantineBucket implements QuarantineStore {
    private static final String TYPE = "application/gzip";

    private final S3Client client;
    private final String bucket;
    private final long partBytes;

    /** @param partBytes bytes of one part; servers want 5 MiB at least */
    public QuarantineBucket(S3Client client, String bucket, long partBytes) {
        this.client = client;
        this.bucket = bucket;
        this.partBytes = partBytes;
    }

    @Override
    public String place() {
        return "s3://" + bucket;
    }

    @Override
    public void put(SpooledFile file, String name) {
        if (file.sizeBytes() <= partBytes) {
            client.putObject(put -> put.bucket(bucket).key(name).contentType(TYPE), RequestBody.fromFile(file.path()));
            return;
        }
        String upload = client.createMultipartUpload(
                        create -> create.bucket(bucket).key(name).contentType(TYPE))
                .uploadId();
        try {
            List<CompletedPart> parts = new ArrayList<>();
            for (long start = 0; start < file.sizeBytes(); start += partBytes) {
                parts.add(send(file, name, upload, parts.size() + 1, start));
            }
            client.completeMultipartUpload(complete -> complete.bucket(bucket)
                    .key(name)
                    .uploadId(upload)
                    .multipartUpload(uploaded -> uploaded.parts(parts)));
        } catch (RuntimeException e) {
            abort(name, upload, e);
            throw e;
        }
    }

    private CompletedPart send(SpooledFile file, String name, String upload, int number, long start) {
        long length = Math.min(partBytes, file.sizeBytes() - start);
        var sent = client.uploadPart(
                part -> part.bucket(bucket).key(name).uploadId(upload).partNumber(number),
                // Opened anew for each try.
                RequestBody.fromContentProvider(() -> slice(file.path(), start, length), length, TYPE));
        return CompletedPart.builder().partNumber(number).eTag(sent.eTag()).build();
    }

    private static InputStream slice(Path file, long start, long length) {
        try {
            InputStream in = Files.newInputStream(file);
            try {
                in.skipNBytes(start);
                return new BufferedInputStream(BoundedInputStream.builder()
                        .setInputStream(in)
                        .setMaxCount(length)
                        .get());
            } catch (IOException e) {
                in.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Parts that nobody completes would lie in the bucket unseen. */
    private void abort(String name, String upload, RuntimeException failure) {
        try {
            client.abortMultipartUpload(abort -> abort.bucket(bucket).key(name).uploadId(upload));
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    @Override
    public boolean exists(String name) {
        try {
            client.headObject(head -> head.bucket(bucket).key(name));
            return true;
        } catch (S3Exception e) {
            if (e.statusCode() == HttpStatusCode.NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public Optional<InputStream> open(String name) {
        try {
            return Optional.of(client.getObject(get -> get.bucket(bucket).key(name)));
        } catch (S3Exception e) {
            if (e.statusCode() == HttpStatusCode.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public void delete(String name) {
        client.deleteObject(delete -> delete.bucket(bucket).key(name));
    }

    @Override
    public List<String> olderThan(Instant time) {
        return client.listObjectsV2Paginator(list -> list.bucket(bucket)).contents().stream()
                .filter(object -> object.lastModified().isBefore(time))
                .map(S3Object::key)
                .toList();
    }
}
