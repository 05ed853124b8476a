package dev.caravan.upload;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the part with a payload says it is.
 *
 * @param contentType as it is announced
 * @param service whom it is for
 * @param category what kind of payload of that service
 */
record UploadType(String contentType, String service, String category) {
    /** The one service there is. */
    static final String SERVICE = "hccm";

    private static final Pattern NAMED = Pattern.compile("application/vnd\\.redhat\\.([a-z0-9-]+)\\.([a-z0-9-]+).*");
    private static final UploadType ARCHIVE = new UploadType("application/vnd.redhat.hccm.tar+tgz", SERVICE, "tar");
    /** What clients call a tar.gz that know nothing of services. */
    private static final Set<String> PLAIN = Set.of(
            "application/octet-stream",
            "application/gzip",
            "application/x-gzip",
            "application/x-tar",
            "application/x-compressed",
            "application/x-compressed-tar",
            "application/x-gtar");

    private static final int LONGEST = 256;

    /**
     * Reads a content type {@code application/vnd.redhat.<service>.<category>}.
     *
     * @param contentType of the part, or null
     * @param fileName as the sender calls it, or null; looked at for its ending only
     * @param strict whether a plain archive, by its type and ending, is not taken for one of ours
     * @return empty when it is nothing of ours
     */
    static Optional<UploadType> of(String contentType, String fileName, boolean strict) {
        String given = contentType == null ? "" : contentType.strip();
        Matcher named = NAMED.matcher(given);
        if (named.find() && given.length() <= LONGEST) {
            return Optional.of(new UploadType(given, named.group(1), named.group(2)))
                    .filter(type -> type.service().equals(SERVICE));
        }
        String plain = given.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        boolean archive = (plain.isEmpty() || PLAIN.contains(plain)) && hasEnding(fileName);
        return archive && !strict ? Optional.of(ARCHIVE) : Optional.empty();
    }

    private static boolean hasEnding(String fileName) {
        String name = fileName == null ? "" : fileName.toLowerCase(Locale.ROOT);
        return name.endsWith(".tar.gz") || name.endsWith(".tgz");
    }
}
