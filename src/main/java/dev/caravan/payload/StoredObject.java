package dev.caravan.payload;

/**
 * An object of a bucket.
 *
 * @param etag digest of its content as the S3 API names it, without quotes
 */
public record StoredObject(String bucket, String key, String etag) {}
