package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.caravan.database.OrganisationDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** How it waits is tested with lock_source. */
class WaitForLockFunctionTest {
    private final OrganisationDatabase database = OrganisationDatabase.shared();

    @Test
    void whatIsGoingOnIsSaidWhenTheLockIsNotToBeHad() throws Exception {
        try (Connection first = database.anotherSession();
                Connection second = database.anotherSession()) {
            lock(first, "a");
            lock(second, "b");
            var failure = catchThrowableOfType(SQLException.class, () -> lock(second, "a"));
            assertThat(failure.getSQLState()).isEqualTo("55P03");
            assertThat(failure.getMessage()).contains("the roof is being mended by another process for more than 0 s");
            first.rollback();
            second.rollback();
        }
    }

    private static void lock(Connection session, String key) throws SQLException {
        try (var statement = session.prepareStatement(
                "select caravan.wait_for_lock('WaitForLockFunctionTest ' || ?, 'the roof is being mended', 0)")) {
            statement.setString(1, key);
            statement.execute();
        }
    }
}
