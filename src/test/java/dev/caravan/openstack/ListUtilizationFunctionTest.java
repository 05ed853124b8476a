package dev.caravan.openstack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.OrganisationDatabase;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ListUtilizationFunctionTest {
    private final OrganisationDatabase database = OrganisationDatabase.shared();

    @AfterEach
    void rollBack() {
        database.rollBack();
    }

    @Test
    void capacityIsWhatCanBeReservedAtChiSitesAndAllThereIsAtKvmSites() {
        counts("chi_x", "2024-01-01", 10, 8, 5, 1);
        counts("kvm_x", "2024-01-01", 10, 8, 5, 1);
        assertThat(list("chi_x, kvm_x", 1))
                .containsExactly(
                        "chi_x|2024-01-01|8|6|3|75", "kvm_x|2024-01-01|10|6|4|60", "|2024-01-01|18|12|7|66.67");
    }

    @Test
    void anotherSiteHasAllThereIsOnlyWhereItNeverHadAnythingToReserve() {
        counts("edge", "2024-01-01", 10, 0, 0, 4);
        counts("lab", "2024-01-01", 10, 0, 0, 4);
        counts("lab", "2030-01-01", 10, 1, 0, 0);
        assertThat(list("edge, lab", 1))
                .containsExactly("edge|2024-01-01|10|4|6|40", "lab|2024-01-01|0|4|0|", "|2024-01-01|10|8|6|80");
    }

    @Test
    void whatIsNegativeStaysSo() {
        counts("chi_x", "2024-01-01", 3, 2, 4, 0);
        assertThat(list("chi_x", 1)).first().isEqualTo("chi_x|2024-01-01|2|4|-2|200");
    }

    @Test
    void theShareIsTheMeanOfTheDaysOfThirtyDaysEvenWhereOthersAreShown() {
        counts("chi_x", "2023-12-01", 10, 10, 1, 0);
        counts("chi_x", "2023-12-02", 10, 10, 2, 0);
        counts("chi_x", "2024-01-01", 10, 10, 4, 0);
        counts("chi_x", "2024-01-02", 10, 10, 9, 0);
        counts("chi_x", "2024-01-03", 10, 10, 5, 0);
        assertThat(list("chi_x", 2))
                .filteredOn(row -> row.startsWith("chi_x"))
                .as("30 days before 1 January are 2 December")
                .containsExactly("chi_x|2024-01-01|10|4|6|30", "chi_x|2024-01-03|10|5|5|60");
    }

    @Test
    void otherResourcesLegacyRowsOtherSitesAndOtherDaysDoNotCount() {
        counts("chi_x", "2024-01-01", 10, 8, 5, 1);
        counts("chi_y", "2024-01-01", 10, 8, 5, 1);
        counts("chi_x", "2024-02-01", 10, 8, 5, 1);
        database.jdbc()
                .update("insert into openstack.usage select metric, 'vcpus', site, collector_type, \"timestamp\", 9999"
                        + " from openstack.usage");
        database.jdbc()
                .update("insert into openstack.usage select metric, resource, site, 'legacy', \"timestamp\", 9999"
                        + " from openstack.usage where resource = 'nodes'");
        assertThat(list("chi_x", 1)).containsExactly("chi_x|2024-01-01|8|6|3|75", "|2024-01-01|8|6|3|75");
        assertThat(list("nobody", 1)).isEmpty();
    }

    private void counts(String site, String day, double total, double reservable, double committed, double ondemand) {
        database.jdbc()
                .update(
                        """
                        insert into openstack.usage (metric, resource, site, collector_type, "timestamp", value)
                        select metric, 'nodes', ?, 'current', ?::timestamptz, value
                        from (values ('total', ?), ('reservable', ?), ('committed', ?), ('occupied_ondemand', ?))
                            c (metric, value)
                        """,
                        site,
                        day + " 00:00Z",
                        total,
                        reservable,
                        committed,
                        ondemand);
    }

    private List<String> list(String sites, int days) {
        return database.rows(
                """
                select site, "timestamp"::date, capacity, used, available, round(percent::numeric, 2)::double precision
                from caravan.list_utilization(string_to_array(?, ', '), '2024-01-01', '2024-01-10', ?)
                """,
                sites,
                days);
    }
}
