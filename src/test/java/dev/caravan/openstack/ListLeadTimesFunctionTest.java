package dev.caravan.openstack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.OrganisationDatabase;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ListLeadTimesFunctionTest {
    private final OrganisationDatabase database = OrganisationDatabase.shared();

    @AfterEach
    void rollBack() {
        database.rollBack();
    }

    @Test
    void aFewAreListedOneByOneWithTheirNodeTypes() {
        lease("a", "2024-01-02 00:00Z", 24.0, 24.0, "gpu");
        lease("b", "2024-01-02 00:00Z", 48.0, null, "gpu", "cpu");
        lease("c", "2024-01-20 23:59Z", 0.0, 0.0);
        lease("late", "2024-01-21 00:00Z", 1.0, 1.0);
        assertThat(list(5, 100))
                .containsExactly(
                        "requested|gpu|t|2024-01-02 00:00|24|1",
                        "requested|gpu|t|2024-01-02 00:00|48|1",
                        "requested|cpu|t|2024-01-02 00:00|48|1",
                        "requested||t|2024-01-20 23:59|0|1",
                        "effective|gpu|t|2024-01-02 00:00|24|1",
                        "effective||t|2024-01-20 23:59|0|1");
    }

    @Test
    void manyThatAreCloseAreOneThatCountsThem() {
        lease("a", "2024-01-02 00:00Z", 24.0, null, "gpu");
        lease("b", "2024-01-03 00:00Z", 30.0, null, "gpu");
        lease("half as long", "2024-01-02 00:00Z", 15.0, null, "gpu");
        lease("later", "2024-01-12 00:00Z", 24.0, null, "gpu");
        lease("at once", "2024-01-02 00:00Z", 0.0, null, "gpu");
        lease("nearly at once", "2024-01-02 00:00Z", 0.5, null, "gpu");
        lease("of another type", "2024-01-02 00:00Z", 24.0, null, "cpu");
        assertThat(list(5, 6))
                .containsExactlyInAnyOrder(
                        "requested|gpu|t|2024-01-02 12:00|27|2",
                        "requested|gpu|t|2024-01-02 00:00|15|1",
                        "requested|gpu|t|2024-01-12 00:00|24|1",
                        "requested|gpu|t|2024-01-02 00:00|0|1",
                        "requested|gpu|t|2024-01-02 00:00|0.5|1",
                        "requested|cpu|t|2024-01-02 00:00|24|1");
    }

    @Test
    void rareNodeTypesAreOneAndStayApartFromUnknownOnes() {
        lease("a", "2024-01-02 00:00Z", 1.0, null, "gpu");
        lease("b", "2024-01-02 00:00Z", 2.0, null, "gpu");
        lease("c", "2024-01-02 00:00Z", 1.0, null, "fpga");
        lease("d", "2024-01-02 00:00Z", 1.0, null, "arm");
        lease("e", "2024-01-02 00:00Z", 1.0, null);
        assertThat(list(1, 100))
                .containsExactly(
                        "requested|gpu|t|2024-01-02 00:00|1|1",
                        "requested|gpu|t|2024-01-02 00:00|2|1",
                        "requested||f|2024-01-02 00:00|1|2",
                        "requested||t|2024-01-02 00:00|1|1");
    }

    @Test
    void howEverManyThereAreTheNumbersAddUp() {
        database.jdbc()
                .update(
                        """
                        insert into openstack.lease_lead_time
                            (site, lease_id, created_at, requested_seconds, effective_seconds)
                        select 'chi_x', n::text, timestamptz '2024-01-01Z' + n * interval '3 minutes', n * n % 7919 * 60,
                            case when n % 10 > 0 then n % 401 * 3600 end
                        from generate_series(0, 8999) n
                        """);
        database.jdbc()
                .update(
                        """
                        insert into openstack.lease_node_type (site, lease_id, node_type, hosts)
                        select 'chi_x', n::text, 'type ' || n % 13 % t, 1
                        from generate_series(0, 8999) n
                        cross join generate_series(3, 4) t
                        where n % 3 > 0
                        """);
        for (String kind : List.of("requested", "effective")) {
            long all = database.count("openstack.lead_time_detail where leadtime_type = ?", kind);
            assertThat(database.rows(
                            """
                            select sum(leases), count(*) < 1000
                            from caravan.list_lead_times(array['chi_x'], '2024-01-01', '2024-01-20', 2, 100, 20)
                            where leadtime_type = ?
                            """,
                            kind))
                    .containsExactly(all + "|t");
        }
    }

    private void lease(String id, String asked, Double requested, Double effective, String... nodeTypes) {
        database.jdbc()
                .update(
                        """
                        insert into openstack.lease_lead_time
                            (site, lease_id, created_at, requested_seconds, effective_seconds)
                        values ('chi_x', ?, ?::timestamptz, ?::double precision * 3600, ?::double precision * 3600)
                        """,
                        id,
                        asked,
                        requested,
                        effective);
        for (String nodeType : nodeTypes) {
            database.jdbc()
                    .update(
                            "insert into openstack.lease_node_type (site, lease_id, node_type, hosts)"
                                    + " values ('chi_x', ?, ?, 1)",
                            id,
                            nodeType);
        }
    }

    private List<String> list(int types, int most) {
        return database.rows(
                """
                select leadtime_type, node_type, listed, to_char(asked_at, 'YYYY-MM-DD HH24:MI'), hours, leases
                from caravan.list_lead_times(array['chi_x'], '2024-01-01', '2024-01-20', ?, ?, 2)
                """,
                types,
                most);
    }
}
