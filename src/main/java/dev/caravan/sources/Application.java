package dev.caravan.sources;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.caravan.ledger.Source;
import dev.caravan.sources.SourceDirectory.Entry;

/** What a source is used for, as JSON shows it: every source has one application, of its own number. */
@JsonNaming(SnakeCaseStrategy.class)
record Application(String id, String sourceId, String applicationTypeId, String createdAt, String tenant) {
    static final String TYPE_ID = Integer.toString(Source.APPLICATION_TYPE);

    static Application of(Entry entry) {
        String id = Long.toString(entry.source().id());
        return new Application(
                id,
                id,
                TYPE_ID,
                entry.createdAt().toInstant().toString(),
                entry.source().organisation());
    }
}
