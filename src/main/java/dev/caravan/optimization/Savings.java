package dev.caravan.optimization;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** What the containers of a cluster would free if they requested what is recommended. */
@Component
public final class Savings {
    private final JdbcTemplate database;

    public Savings(JdbcTemplate database) {
        this.database = database;
    }

    /** Over what time usage was looked at. */
    public enum Term {
        SHORT,
        MEDIUM,
        LONG;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What a recommendation is after. */
    public enum Engine {
        COST,
        PERFORMANCE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A request of one pod, or of one pod of each of several containers; cores or bytes.
     *
     * @param request as it is; null for none
     * @param recommended null where nothing is
     */
    public record Amount(Double request, Double recommended) {
        /** Recommended less requested; null where nothing is recommended. */
        @JsonProperty
        public Double change() {
            return recommended == null ? null : Double.valueOf(recommended - (request == null ? 0 : request));
        }
    }

    /**
     * @param workloadType a Kubernetes kind in lower case
     * @param monitoringEndTime end of the newest interval the recommendation rests on
     * @param saving freed of what all containers of the cluster request: the mean of the share of cores and that of memory
     */
    public record Container(
            String namespace,
            String workloadType,
            String workload,
            String container,
            String term,
            OffsetDateTime monitoringEndTime,
            Amount cpu,
            Amount memory,
            double saving) {}

    /** Several containers together; what is not recommended otherwise stays. */
    public record Total(long containers, Amount cpu, Amount memory) {}

    /**
     * @param listed those that save the most, the most first
     * @param all containers of the cluster together; null when none has such a recommendation
     */
    public record Found(List<Container> listed, Total all) {}

    /** @param term null for the longest that has a recommendation, container by container */
    public Found find(String organisation, String cluster, Term term, Engine engine, int limit) {
        Total[] all = new Total[1];
        List<Container> listed = database.query(
                "select * from caravan.list_savings(?, ?, ?, ?, ?)",
                (row, number) -> {
                    all[0] = new Total(
                            row.getLong("containers"),
                            new Amount(row.getDouble("all_cpu_request"), row.getDouble("all_cpu_recommended")),
                            new Amount(row.getDouble("all_memory_request"), row.getDouble("all_memory_recommended")));
                    return new Container(
                            row.getString("namespace"),
                            row.getString("workload_type"),
                            row.getString("workload"),
                            row.getString("container"),
                            row.getString("term"),
                            row.getObject("monitoring_end_time", OffsetDateTime.class),
                            new Amount(
                                    row.getObject("cpu_request", Double.class),
                                    row.getObject("cpu_recommended", Double.class)),
                            new Amount(
                                    row.getObject("memory_request", Double.class),
                                    row.getObject("memory_recommended", Double.class)),
                            row.getDouble("saving"));
                },
                organisation,
                cluster,
                Objects.toString(term, null),
                engine.toString(),
                limit);
        return new Found(listed, all[0]);
    }

    /** Whether right-sizing reports of a cluster have come. */
    public boolean knows(String organisation, String cluster) {
        return Boolean.TRUE.equals(database.queryForObject(
                """
                select exists (
                    select
                    from ros.clusters c
                    join ros.rh_accounts a
                        on a.id = c.tenant_id
                    where a.org_id = ?
                        and c.cluster_uuid = ?
                )
                """,
                Boolean.class,
                organisation,
                cluster));
    }
}
