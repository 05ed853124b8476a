package dev.caravan.openstack;

import dev.caravan.database.OrganisationDatabase;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

/** A test of a stored function over a site's tables, in January 2024; everything it does is rolled back. */
abstract class SiteFunctionTestBase {
    static final String SITE = "testing";

    final OrganisationDatabase database = OrganisationDatabase.shared();

    @AfterEach
    void rollBack() {
        database.rollBack();
    }

    /** A moment of January 2024, given as "05" or "05T12:00"; null and "null" are none. */
    static String at(String moment) {
        if (moment == null || moment.equals("null")) {
            return null;
        }
        return "2024-01-" + moment + (moment.contains("T") ? "Z" : "T00:00Z");
    }

    /** A row of one of the site's tables in schema openstack, as names and values in turn. */
    void insert(String table, Object... namesAndValues) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("site", SITE);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            row.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        database.insert("openstack." + table, row);
    }

    /** Calls a function that returns nothing with the site as its first argument. */
    void call(String function, Object... arguments) {
        Object[] all = new Object[arguments.length + 1];
        all[0] = SITE;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        database.jdbc().queryForList("select caravan." + function + "(?" + ", ?".repeat(arguments.length) + ")", all);
    }

    /** Host names and moments of spans of a kind, in order. */
    List<String> spans(String countType) {
        return database.rows(
                "select entity_id, " + span("starts") + ", " + span("ends") + ", coerce_action from openstack.span"
                        + " where site = ? and count_type = ? order by entity_id collate \"C\", starts",
                SITE,
                countType);
    }

    /** Rows that give no span, with the reason. */
    List<String> rejects() {
        return database.rows(
                "select source_table, source_id, reason from openstack.span_reject where site = ? order by 1, 2", SITE);
    }

    private static String span(String column) {
        return "coalesce(to_char(" + column + " at time zone 'UTC', 'DD\"T\"HH24:MI'), 'open')";
    }
}
