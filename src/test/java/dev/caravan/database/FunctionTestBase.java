package dev.caravan.database;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A test of a stored function on the shared database: everything it does is rolled back. */
public abstract class FunctionTestBase {
    protected final OrganisationDatabase database = OrganisationDatabase.shared();
    protected UUID source;

    @BeforeEach
    void addSource() {
        source = database.addSource("cluster-1");
    }

    @AfterEach
    void rollBack() {
        database.rollBack();
    }

    /** A row as names and values in turn. */
    protected static Map<String, Object> row(Object... namesAndValues) {
        Map<String, Object> row = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            row.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return row;
    }

    /** A row of a daily line-item table. */
    protected void daily(String type, String day, Object... namesAndValues) {
        daily(source, type, day, namesAndValues);
    }

    protected void daily(UUID owner, String type, String day, Object... namesAndValues) {
        Map<String, Object> row = row(
                "source",
                owner,
                "usage_start",
                day,
                "interval_start",
                day + " 00:00Z",
                "latest_interval_start",
                day + " 23:00Z",
                "year",
                day.substring(0, 4),
                "month",
                day.substring(5, 7));
        row.putAll(row(namesAndValues));
        database.insert("openshift_" + type + "_line_items_daily", row);
    }
}
