package dev.caravan.openstack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.OrganisationDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClearSiteTableFunctionTest {
    private static final String CLEAR = "select caravan.clear_site_table(?, ?)";

    private final OrganisationDatabase database = OrganisationDatabase.shared();

    @AfterEach
    void rollBack() {
        database.rollBack();
    }

    @Test
    void onlyTheSitesRowsOfTheTableGo() {
        for (String site : new String[] {"one", "two"}) {
            database.jdbc()
                    .update(
                            "insert into openstack.nova_instances (site, uuid) values (?, 'i1'), (?, 'i2')",
                            site,
                            site);
            database.jdbc().update("insert into openstack.blazar_leases (site, id) values (?, 'l1')", site);
        }
        database.rows(CLEAR, "one", "nova.instances");
        assertThat(database.rows(
                        "select site, count(*) from openstack.nova_instances where site in ('one', 'two') group by 1"))
                .containsExactly("two|2");
        assertThat(database.count("openstack.blazar_leases where site in ('one', 'two')"))
                .isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(SiteTable.class)
    void everyTableThatIsReadHasItsRawTable(SiteTable table) {
        database.rows(CLEAR, "none", table.title());
        assertThat(database.rows(
                        """
                        select column_name
                        from information_schema.columns
                        where table_schema = 'openstack'
                            and table_name = ?
                            and column_name <> 'site'
                        order by 1
                        """,
                        table.rawTable()))
                .containsExactlyElementsOf(table.columns().stream()
                        .flatMap(column -> column.stored().stream())
                        .sorted()
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"openstack.span", "site", "nova.instances;drop", "public.nova.instances", "nova.Instances"})
    void noOtherTableIsTouched(String table) throws SQLException {
        assertThat(database.stateOf(CLEAR, "one", table)).isEqualTo("22023");
    }
}
