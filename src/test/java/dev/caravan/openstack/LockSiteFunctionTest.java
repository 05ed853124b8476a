package dev.caravan.openstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.caravan.database.OrganisationDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class LockSiteFunctionTest {
    private final OrganisationDatabase database = OrganisationDatabase.shared();

    @Test
    void aSiteIsImportedOrBuiltByOneTransactionAndOtherSitesAreNotHeldUp() throws Exception {
        try (Connection first = database.anotherSession();
                Connection second = database.anotherSession()) {
            lock(first, "chi_tacc");
            lock(first, "chi_tacc");
            lock(second, "chi_uc");
            var failure = catchThrowableOfType(SQLException.class, () -> lock(second, "chi_tacc"));
            assertThat(failure.getSQLState()).isEqualTo("55P03");
            assertThat(failure.getMessage()).contains("site chi_tacc is being imported or built by another process");
            first.rollback();
            second.rollback();
            lock(second, "chi_tacc");
            second.rollback();
        }
    }

    private static void lock(Connection session, String site) throws SQLException {
        try (var statement = session.prepareStatement("select caravan.lock_site(?, 0)")) {
            statement.setString(1, site);
            statement.execute();
        }
    }
}
