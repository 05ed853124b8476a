package dev.caravan.ledger;

import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.stereotype.Component;

/** The registered organisations. */
@Component
public final class Organisations {
    private static final RowMapper<Organisation> ORGANISATION =
            (row, number) -> new Organisation(row.getString(1), row.getString(2));

    private final JdbcTemplate database;

    public Organisations(JdbcTemplate database) {
        this.database = database;
    }

    /** Finds an organisation; an empty database has none. */
    public Optional<Organisation> find(String id) {
        boolean exists = Boolean.TRUE.equals(
                database.queryForObject("select to_regclass('caravan.organisation') is not null", Boolean.class));
        return exists
                ? database
                        .query(
                                "select org_id, schema_name from caravan.organisation where org_id = ?",
                                ORGANISATION,
                                id)
                        .stream()
                        .findFirst()
                : Optional.empty();
    }

    public List<Organisation> list() {
        return database.query("select org_id, schema_name from caravan.organisation order by org_id", ORGANISATION);
    }
}
