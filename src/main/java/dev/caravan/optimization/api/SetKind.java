package dev.caravan.optimization.api;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What recommendations are made for; what each kind has in its tables is SQL of our own. */
enum SetKind {
    CONTAINER("ros.recommendation_sets", "w.workload_name, w.workload_type, s.container_name", List.of(Field.values())),
    NAMESPACE(
            "ros.namespace_recommendation_sets",
            "null::text, null::text, null::text",
            List.of(Field.CLUSTER, Field.PROJECT));

    private final String table;
    private final String workloadColumns;
    private final List<Field> fields;

    SetKind(String table, String workloadColumns, List<Field> fields) {
        this.table = table;
        this.workloadColumns = workloadColumns;
        this.fields = fields;
    }

    String table() {
        return table;
    }

    /** Name and kind of the workload, name of the container; null where it has none. */
    String workloadColumns() {
        return workloadColumns;
    }

    /** What its list can be filtered by. */
    List<Field> fields() {
        return fields;
    }

    /** The SQL of what a list is ordered by; empty for what it cannot be ordered by. */
    Optional<String> order(String name) {
        return switch (name) {
            case "last_reported" -> Optional.of("c.last_reported_at");
            case "cpu_request_current" -> Optional.of("s.cpu_request_current");
            case "memory_request_current" -> Optional.of("s.memory_request_current");
            default ->
                fields.stream()
                        .filter(field -> field.parameter().equals(name))
                        .map(Field::column)
                        .findFirst()
                        .or(() -> Variation.named(name).map(variation -> "s." + variation.column()));
        };
    }

    /** What workloads are compared by. */
    enum Field {
        CLUSTER("c.cluster_alias"),
        PROJECT("w.namespace"),
        WORKLOAD("w.workload_name"),
        WORKLOAD_TYPE("w.workload_type"),
        CONTAINER("s.container_name");

        /** Those that do not need a container. */
        static final List<Field> OF_WORKLOADS = List.of(CLUSTER, PROJECT, WORKLOAD, WORKLOAD_TYPE);

        private final String column;

        Field(String column) {
            this.column = column;
        }

        String column() {
            return column;
        }

        /** Its name in requests. */
        String parameter() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
