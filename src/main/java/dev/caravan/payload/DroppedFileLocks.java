package dev.caravan.payload;

import dev.caravan.CaravanSettings;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.processor.idempotent.jdbc.JdbcOrphanLockAwareIdempotentRepository;
import org.springframework.context.annotation.Lazy;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Lets one of several replicas read a dropped file: a row in caravan.dropped_file_lock, kept alive while the file is
 * loaded, and taken over when its replica died.
 *
 * <p>Camel's repository looks first and inserts or takes over afterwards, so two replicas that look at the same moment both
 * get the lock; and it releases locks it does not hold. Here one statement decides, and only the holder releases.
 */
@Lazy
@Component("droppedFileLocks")
public final class DroppedFileLocks extends JdbcOrphanLockAwareIdempotentRepository {
    private static final String ROUTE = "receive-dropped-file";

    private final Clock clock;
    private final long maxAgeMillis;
    private final Set<String> held = ConcurrentHashMap.newKeySet();

    public DroppedFileLocks(
            DataSource dataSource,
            TransactionTemplate transaction,
            CamelContext camel,
            CaravanSettings settings,
            Clock clock) {
        super(dataSource, transaction, ROUTE, camel);
        this.clock = clock;
        this.maxAgeMillis = settings.inbox().lockMaxAge();
        setTableName("caravan.dropped_file_lock");
        setCreateTableIfNotExists(false);
        setLockMaxAgeMillis(maxAgeMillis);
        setLockKeepAliveIntervalMillis(maxAgeMillis / 4);
    }

    /** @throws DuplicateKeyException when another replica has the lock; Camel then leaves the file alone */
    @Override
    protected int insert(String file) {
        long now = clock.millis();
        int taken = jdbcTemplate.update(
                """
                insert into caravan.dropped_file_lock as held (processorname, messageid, createdat)
                values (?, ?, ?)
                on conflict (processorname, messageid) do update
                set createdat = excluded.createdat
                where held.createdat < ?
                """,
                ROUTE,
                file,
                new Timestamp(now),
                new Timestamp(now - maxAgeMillis));
        if (taken == 0) {
            throw new DuplicateKeyException("another replica reads " + file);
        }
        held.add(file);
        return super.insert(file);
    }

    /** Camel also releases a lock it was refused; that one belongs to the other replica. */
    @Override
    protected int delete(String file) {
        return held.remove(file) ? super.delete(file) : 0;
    }
}
