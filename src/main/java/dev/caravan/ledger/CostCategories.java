package dev.caravan.ledger;

import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Which namespaces of an organisation are in which cost category. Callers hold a transaction on its tables. */
@Component
public final class CostCategories {
    private final JdbcTemplate database;

    public CostCategories(JdbcTemplate database) {
        this.database = database;
    }

    /**
     * Namespaces of a category.
     *
     * @param pattern a name, % standing for any text
     * @param fixed whether every organisation begins with it and keeps it
     */
    public record Namespaces(String category, String pattern, boolean fixed) {}

    /**
     * Puts namespaces into a category, made when it is new.
     *
     * @return the patterns that were not in it before, sorted
     */
    public List<String> add(String category, List<String> patterns) {
        return set(category, patterns);
    }

    /**
     * Takes namespaces out of their categories.
     *
     * @return the patterns that were in one, sorted
     */
    public List<String> remove(List<String> patterns) {
        return set(null, patterns);
    }

    public List<Namespaces> list() {
        return database.query(
                """
                select c.name, n.namespace, n.system_default
                from reporting_ocp_cost_category_namespace n
                join reporting_ocp_cost_category c
                    on c.id = n.cost_category_id
                order by c.name collate "C", n.namespace collate "C"
                """,
                (row, number) -> new Namespaces(row.getString(1), row.getString(2), row.getBoolean(3)));
    }

    private List<String> set(String category, List<String> patterns) {
        return database.queryForList(
                "select unnest(caravan.set_category_namespaces(?, ?))",
                String.class,
                category,
                patterns.toArray(String[]::new));
    }
}
