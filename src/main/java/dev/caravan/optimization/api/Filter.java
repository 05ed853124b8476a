package dev.caravan.optimization.api;

import dev.caravan.http.RequestRefusedException;
import dev.caravan.optimization.api.SetKind.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a field must be, and what it must not be.
 *
 * @param like texts of which one must be in it, in any case
 * @param equal or one that it must be
 * @param not none of which it may be
 */
record Filter(Field field, List<String> like, List<String> equal, List<String> not) {
    private static final Set<String> WORKLOAD_TYPES =
            Set.of("daemonset", "deployment", "deploymentconfig", "replicaset", "replicationcontroller", "statefulset");
    private static final Pattern UUID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    private static final Pattern WILDCARD = Pattern.compile("[\\\\%_]");

    /**
     * Reads a filter for each field.
     *
     * @param most values that one parameter may have
     * @throws RequestRefusedException 400 for values that cannot be, or that ask for the opposite of each other
     */
    static List<Filter> of(List<Field> fields, QueryParameters parameters, int most) throws RequestRefusedException {
        List<Filter> filters = new ArrayList<>();
        for (Field field : fields) {
            filters.add(of(field, parameters, most));
        }
        return filters;
    }

    private static Filter of(Field field, QueryParameters parameters, int most) throws RequestRefusedException {
        String name = field.parameter();
        List<String> like = values(name, parameters, most);
        List<String> equal = values("filter[exact:" + name + "]", parameters, most);
        List<String> not = values("exclude[" + name + "]", parameters, most);
        for (String value : not) {
            if (like.contains(value) || equal.contains(value)) {
                throw new RequestRefusedException(400, name + " has the same value wanted and excluded");
            }
        }
        if (field == Field.WORKLOAD_TYPE) {
            for (List<String> values : List.of(like, equal, not)) {
                if (!WORKLOAD_TYPES.containsAll(values)) {
                    throw new RequestRefusedException(400, "invalid workload_type");
                }
            }
            return new Filter(field, List.of(), join(equal, like), not);
        }
        return new Filter(
                field, like.stream().filter(value -> !equal.contains(value)).toList(), equal, not);
    }

    private static List<String> values(String name, QueryParameters parameters, int most)
            throws RequestRefusedException {
        List<String> values = parameters.all(name);
        if (values.size() > most) {
            throw new RequestRefusedException(400, "too many values of " + name + ": " + most + " at most");
        }
        return values;
    }

    private static List<String> join(List<String> some, List<String> others) {
        List<String> all = new ArrayList<>(some);
        all.addAll(others);
        return all;
    }

    static boolean isUuid(String value) {
        return UUID.matcher(value).matches();
    }

    /**
     * A condition on the tables, beginning with {@code and}; empty when everything meets it. The values stay parameters.
     *
     * @param parameters to which they are added
     */
    String condition(Map<String, Object> parameters) {
        if (field != Field.CLUSTER) {
            return condition(List.of(Compared.of(field.column(), field.parameter(), like, equal, not)), parameters);
        }
        // What looks like an id is one, and is compared as a whole.
        Compared aliases = Compared.of(field.column(), field.parameter(), others(like), others(equal), others(not));
        Compared ids =
                Compared.of("lower(c.cluster_uuid)", "cluster_uuid", List.of(), join(ids(like), ids(equal)), ids(not));
        return condition(List.of(aliases, ids), parameters);
    }

    private static List<String> ids(List<String> values) {
        return values.stream()
                .filter(Filter::isUuid)
                .map(value -> value.toLowerCase(Locale.ROOT))
                .toList();
    }

    private static List<String> others(List<String> values) {
        return values.stream().filter(value -> !isUuid(value)).toList();
    }

    private static String condition(List<Compared> compared, Map<String, Object> parameters) {
        List<String> wanted = new ArrayList<>();
        StringBuilder condition = new StringBuilder();
        for (Compared column : compared) {
            if (!column.patterns().isEmpty()) {
                wanted.add(column.column() + " ilike any (:" + column.name() + "_like)");
                parameters.put(column.name() + "_like", column.patterns().toArray(String[]::new));
            }
            if (!column.equal().isEmpty()) {
                wanted.add(column.column() + " = any (:" + column.name() + "_equal)");
                parameters.put(column.name() + "_equal", column.equal().toArray(String[]::new));
            }
            if (!column.not().isEmpty()) {
                condition
                        .append("and ")
                        .append(column.column())
                        .append(" <> all (:")
                        .append(column.name())
                        .append("_not)\n");
                parameters.put(column.name() + "_not", column.not().toArray(String[]::new));
            }
        }
        if (!wanted.isEmpty()) {
            condition.append("and (").append(String.join(" or ", wanted)).append(")\n");
        }
        return condition.toString();
    }

    /** @param name of its parameters */
    private record Compared(String column, String name, List<String> patterns, List<String> equal, List<String> not) {
        static Compared of(String column, String name, List<String> like, List<String> equal, List<String> not) {
            return new Compared(
                    column,
                    name,
                    like.stream()
                            .map(value -> "%" + WILDCARD.matcher(value).replaceAll("\\\\$0") + "%")
                            .toList(),
                    equal,
                    not);
        }
    }
}
