package dev.caravan.openstack;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The rights that a site's database gives to the account its tables are read with: SQL for MariaDB and MySQL. */
public final class ReadGrants {
    private ReadGrants() {}

    /** How the user is made, as a comment: the password is not ours to choose. */
    public static List<String> explanation(String user, String host) {
        String account = account(user, host);
        return List.of(
                "-- Lets Caravan read the tables it needs, and nothing else. First make the user, with a password of your own:",
                "--   create user " + account + " identified by '...';",
                "-- A statement fails for a table that the site has not, which is as good: leave it out, or run all with",
                "-- `mariadb --force`.");
    }

    /** One statement a table. */
    public static List<String> statements(String user, String host) {
        String account = account(user, host);
        List<String> statements = new ArrayList<>();
        Stream.of(SiteTable.values())
                .forEach(table -> statements.add("grant select on " + table.title() + " to " + account + ";"));
        return statements;
    }

    private static String account(String user, String host) {
        return quoted(user) + "@" + quoted(host);
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
    }
}
