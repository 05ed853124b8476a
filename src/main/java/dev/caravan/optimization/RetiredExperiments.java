package dev.caravan.optimization;

import dev.caravan.PrintableText;
import dev.caravan.ledger.ReplicaLock;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Lazy;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Experiments whose workload is gone; each stands in {@code ros.retired_experiment} until the server has none of it. */
@Lazy
@Component("retiredExperiments")
public final class RetiredExperiments {
    private static final Logger LOG = LoggerFactory.getLogger(RetiredExperiments.class);
    private static final String LOCK = "caravan retire experiments";
    private static final int MOST_AT_ONCE = 1000;

    private final JdbcTemplate database;
    private final KruizeClient client;
    private final ReplicaLock lock;

    RetiredExperiments(JdbcTemplate database, KruizeClient client, ReplicaLock lock) {
        this.database = database;
        this.client = client;
        this.lock = lock;
    }

    /** Has some of them deleted at the server, oldest first; none while another replica is at it. */
    public void delete(Exchange exchange) throws SQLException, IOException {
        if (lock.take(LOCK, exchange)) {
            try {
                delete(database.queryForList(
                        "select experiment_name from ros.retired_experiment order by retired_at limit ?",
                        String.class,
                        MOST_AT_ONCE));
            } catch (KruizeUnavailableException e) {
                // Said by the client, once for all who need the server.
                LOG.debug("experiments are deleted later: {}", e.getMessage());
            }
        }
    }

    private void delete(List<String> experiments) throws IOException {
        for (String experiment : experiments) {
            KruizeAnswer answer = client.deleteExperiment(experiment);
            if (answer.isDone() || answer.lacksExperiment()) {
                database.update("delete from ros.retired_experiment where experiment_name = ?", experiment);
            } else {
                LOG.warn("the Kruize server does not delete {}: {}", PrintableText.of(experiment), answer.message());
            }
        }
    }
}
