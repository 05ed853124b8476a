package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.caravan.database.FunctionTestBase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class LockSourceFunctionTest extends FunctionTestBase {
    @Test
    void aSecondSessionWaitsInVainAndGetsLockNotAvailable() throws Exception {
        try (Connection first = database.anotherSession();
                Connection second = database.anotherSession()) {
            lock(first, source, 0);
            long begun = System.nanoTime();
            var failure = catchThrowableOfType(SQLException.class, () -> lock(second, source, 1));
            assertThat(failure.getSQLState()).isEqualTo("55P03");
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)).isBetween(1_000L, 3_000L);
            first.rollback();
        }
    }

    @Test
    void theLockEndsWithTheTransactionAndAWaiterGetsIt() throws Exception {
        try (Connection first = database.anotherSession();
                Connection second = database.anotherSession()) {
            lock(first, source, 0);
            var waiting = CompletableFuture.runAsync(() -> {
                try {
                    lock(second, source, 30);
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            Awaitility.await()
                    .until(() -> database.count(
                                    "pg_stat_activity where query like 'select caravan.lock_source%' and state = 'active'")
                            == 1);
            assertThat(waiting).isNotDone();
            first.commit();
            assertThat(waiting).succeedsWithin(5, TimeUnit.SECONDS);
            assertThat(catchThrowableOfType(SQLException.class, () -> lock(first, source, 0))
                            .getSQLState())
                    .isEqualTo("55P03");
            second.rollback();
            first.rollback();
            lock(first, source, 0);
            first.rollback();
        }
    }

    @Test
    void otherSourcesAndTheSameTransactionDoNotWait() throws Exception {
        try (Connection first = database.anotherSession();
                Connection second = database.anotherSession()) {
            lock(first, source, 0);
            lock(first, source, 0);
            lock(second, UUID.randomUUID(), 0);
            second.rollback();
            first.rollback();
        }
    }

    private static void lock(Connection session, UUID source, int seconds) throws SQLException {
        try (var statement = session.prepareStatement("select caravan.lock_source(?, ?)")) {
            statement.setObject(1, source);
            statement.setInt(2, seconds);
            statement.execute();
        }
    }
}
