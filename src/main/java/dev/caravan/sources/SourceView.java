package dev.caravan.sources;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.caravan.sources.SourceDirectory.Entry;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A source as JSON shows it.
 *
 * @param payloadsToReplay null but for a new source
 */
@JsonNaming(SnakeCaseStrategy.class)
record SourceView(
        String id,
        UUID uuid,
        String name,
        String sourceType,
        String sourceTypeId,
        String sourceRef,
        Map<String, Map<String, String>> authentication,
        boolean active,
        String createdAt,
        String tenant,
        List<String> applications,
        @JsonInclude(JsonInclude.Include.NON_NULL) Integer payloadsToReplay) {

    static SourceView of(Entry entry) {
        return of(entry, null);
    }

    static SourceView of(Entry entry, Integer payloadsToReplay) {
        var source = entry.source();
        String id = Long.toString(source.id());
        return new SourceView(
                id,
                source.uuid(),
                source.alias(),
                NewSource.TYPE,
                NewSource.TYPE_ID,
                source.clusterId(),
                Map.of("credentials", Map.of("cluster_id", source.clusterId())),
                true,
                entry.createdAt().toInstant().toString(),
                source.organisation(),
                List.of(id),
                payloadsToReplay);
    }
}
