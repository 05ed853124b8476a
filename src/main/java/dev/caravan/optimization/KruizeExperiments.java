package dev.caravan.optimization;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.CaravanSettings;
import dev.caravan.PrintableText;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.ExchangeProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Lazy;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Workloads as experiments of a Kruize server. What the server has not been told yet stands in {@code ros.unsent_interval},
 * and leaves it chunk by chunk as the server takes it, or refuses it for good: whatever fails in between is told again.
 */
@Lazy
@Component("kruizeExperiments")
public final class KruizeExperiments {
    private static final Logger LOG = LoggerFactory.getLogger(KruizeExperiments.class);
    private static final int CONFLICT = 409;
    private static final int SERVER_ERROR = 500;

    private final JdbcTemplate database;
    private final KruizeClient client;
    private final KruizeProfile profile;
    private final CaravanSettings.Optimization settings;

    KruizeExperiments(JdbcTemplate database, KruizeClient client, KruizeProfile profile, CaravanSettings settings) {
        this.database = database;
        this.client = client;
        this.profile = profile;
        this.settings = settings.optimization();
    }

    /** @param entry null when there is too little to tell of it */
    private record Unsent(Instant end, String entry) {}

    /** Whether recommendations for a container of the workload are to be made. */
    public boolean isDue(@ExchangeProperty(RecommendationRequests.PROPERTY) RecommendationRequest request) {
        return database.queryForObject(
                "select exists (select 1 from caravan.find_due_containers(array[?::bigint], ?::timestamptz, ?))",
                Boolean.class,
                request.metadata().workload(),
                request.metadata().until().toString(),
                Math.toIntExact(settings.refreshInterval().toHours()));
    }

    /** Tells the server all intervals of the workload that it has not been told, oldest first. */
    public void tell(@ExchangeProperty(RecommendationRequests.PROPERTY) RecommendationRequest request)
            throws IOException {
        long workload = request.metadata().workload();
        if (!unsentAfter(Instant.EPOCH, workload, 1).isEmpty()) {
            tell(workload);
        }
    }

    /**
     * What the server recommends.
     *
     * @return its answer, a JSON array; null, and a line in the log, when it has no recommendations
     */
    public String recommend(@ExchangeProperty(RecommendationRequests.PROPERTY) RecommendationRequest request)
            throws IOException {
        KruizeAnswer answer = askFor(request);
        if (answer.lacksExperiment()) {
            tell(request.metadata().workload());
            answer = askFor(request);
        }
        if (answer.isDone()) {
            return answer.body().toString();
        }
        LOG.warn(
                "the Kruize server has no recommendations for {}: {}",
                PrintableText.of(request.metadata().experiment()),
                answer.message());
        return null;
    }

    private KruizeAnswer askFor(RecommendationRequest request) throws IOException {
        return profile.with(() -> client.updateRecommendations(
                request.metadata().experiment(), request.metadata().until()));
    }

    private void tell(long workload) throws IOException {
        register(workload);
        if (!tellUnsent(workload)) {
            register(workload);
            if (!tellUnsent(workload)) {
                throw new KruizeFailedException("the Kruize server does not know an experiment that it has registered");
            }
        }
    }

    private void register(long workload) throws IOException {
        String experiment = database.queryForObject(
                "select caravan.describe_experiment(?, ?)::text",
                String.class,
                workload,
                settings.kruize().profile());
        if (experiment == null) {
            return;
        }
        KruizeAnswer answer = profile.with(() -> client.createExperiment(experiment));
        if (answer.isDone()) {
            markAll(workload);
        } else if (!answer.isDuplicate()) {
            throw new KruizeFailedException("the Kruize server refuses an experiment: " + answer.message());
        }
    }

    /** An experiment that the server did not have is new, or was lost there with all that it was told. */
    private void markAll(long workload) {
        database.update(
                """
                insert into ros.unsent_interval (workload_id, interval_end)
                select distinct w.id, m.interval_end
                from ros.workloads w
                join ros.workload_metrics m
                    on m.workload_id = w.id
                    and m.interval_end >= w.metrics_upload_at - interval '360 hours'
                where w.id = ?
                on conflict do nothing
                """,
                workload);
    }

    /** False when the server does not know the experiment. */
    private boolean tellUnsent(long workload) throws IOException {
        List<Unsent> chunk =
                unsentAfter(Instant.EPOCH, workload, settings.kruize().bulk());
        while (!chunk.isEmpty()) {
            if (!tell(workload, chunk)) {
                return false;
            }
            chunk = unsentAfter(
                    chunk.get(chunk.size() - 1).end(),
                    workload,
                    settings.kruize().bulk());
        }
        return true;
    }

    private List<Unsent> unsentAfter(Instant end, long workload, int limit) {
        return database.query(
                "select interval_end, entry::text from caravan.describe_unsent_intervals(?, ?::timestamptz, ?)",
                (row, number) -> new Unsent(row.getTimestamp(1).toInstant(), row.getString(2)),
                workload,
                end.toString(),
                limit);
    }

    private boolean tell(long workload, List<Unsent> chunk) throws IOException {
        List<String> entries =
                chunk.stream().map(Unsent::entry).filter(Objects::nonNull).toList();
        if (entries.size() < chunk.size()) {
            LOG.warn(
                    "{} intervals of workload {} are not told to the Kruize server: usage of CPU or memory is missing",
                    chunk.size() - entries.size(),
                    workload);
        }
        Set<Instant> kept = Set.of();
        if (!entries.isEmpty()) {
            KruizeAnswer answer = profile.with(() -> client.updateResults("[" + String.join(",", entries) + "]"));
            if (answer.lacksExperiment()) {
                return false;
            }
            kept = kept(workload, chunk, answer);
        }
        forget(workload, chunk, kept);
        return true;
    }

    /** The intervals that the server may take another time. */
    private static Set<Instant> kept(long workload, List<Unsent> chunk, KruizeAnswer answer) {
        if (answer.isDone()) {
            return Set.of();
        }
        if (!answer.refused().iterator().hasNext()) {
            LOG.warn("the Kruize server takes no metrics of workload {} now: {}", workload, answer.message());
            return chunk.stream().map(Unsent::end).collect(Collectors.toSet());
        }
        Set<Instant> kept = new HashSet<>();
        int refused = 0;
        String reason = "";
        for (JsonNode entry : answer.refused()) {
            for (JsonNode error : entry.path("errors")) {
                int code = error.path("httpcode").asInt();
                if (code == CONFLICT) {
                    continue;
                }
                refused++;
                reason = error.path("message").asText();
                if (code >= SERVER_ERROR) {
                    kept.add(instant(entry.path("interval_end_time").asText()));
                }
                break;
            }
        }
        if (refused > 0) {
            LOG.warn(
                    "the Kruize server refuses {} of {} intervals of workload {}, the last one because: {}",
                    refused,
                    chunk.size(),
                    workload,
                    PrintableText.of(reason));
        }
        return kept;
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            return Instant.EPOCH;
        }
    }

    private void forget(long workload, List<Unsent> chunk, Set<Instant> kept) {
        database.update(
                "delete from ros.unsent_interval where workload_id = ? and interval_end = any (?::timestamptz[])",
                workload,
                chunk.stream()
                        .map(Unsent::end)
                        .filter(end -> !kept.contains(end))
                        .map(Instant::toString)
                        .toArray(String[]::new));
    }
}
