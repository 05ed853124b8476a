package dev.caravan.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Writes down what operators change, in the transaction of the change. */
@Component
public final class Audit {
    private final JsonMapper json = JsonMapper.builder().build();
    private final JdbcTemplate database;

    public Audit(JdbcTemplate database) {
        this.database = database;
    }

    /** Writes one row under the operating system's user name. */
    public void write(String action, Map<String, ?> details) {
        write(System.getProperty("user.name", "unknown"), action, details);
    }

    /**
     * Writes one row.
     *
     * @param actor who did it; for requests {@code http:<organisation>}, for messages {@code kafka:<topic>}
     * @param action the command, for example {@code tags enable}
     * @param details what it was asked for; values are texts, numbers, lists of them, or null
     */
    public void write(String actor, String action, Map<String, ?> details) {
        try {
            database.update(
                    "insert into caravan.audit (actor, action, details) values (?, ?, ?::jsonb)",
                    actor,
                    action,
                    json.writeValueAsString(details));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
