package dev.caravan.payload;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.springframework.stereotype.Component;

/** Describes payloads that come as files. */
@Component("droppedFiles")
public final class DroppedFiles {
    private static final Pattern ORGANISATION = Pattern.compile("org=([a-z0-9_]{1,50})[/\\\\].*");

    /** A file below a folder {@code org=<id>} of the inbox belongs to that organisation. */
    public Delivery describe(
            @Header(Exchange.FILE_NAME) String relativePath, @Header("CamelFileAbsolutePath") String absolutePath) {
        Matcher organisation = ORGANISATION.matcher(relativePath);
        return new Delivery("file " + absolutePath, organisation.matches() ? organisation.group(1) : null, null, false)
                .arrivedAs(Arrival.file(absolutePath));
    }
}
