package dev.caravan.openstack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Hosts that one table has forgotten and another one knows: the cases of the facts engine, by their letters. */
class HostPresenceTest extends SiteFunctionTestBase {
    @BeforeEach
    void addHosts() {
        nova("x", "2024-01-01", "2024-01-10");
        blazar("x", "2023-12-20", "2024-01-15");
        nova("y", "2024-01-01", "2024-01-05");
        nova("y", "2024-01-08", null);
        blazar("y", "2024-01-01", null);
        blazar("z", "2024-01-03", null);
        nova("w", "2024-01-01", "2024-01-06");
        nova("w", "2024-01-04", "2024-01-09");
        nova("v", "2024-01-01", "2024-01-04");
        nova("v", "2024-01-04", "2024-01-09");
    }

    @Test
    void whatTheFirstTableSaysHoldsOverTheSecond() {
        assertThat(database.rows(
                        "select entity_id, to_char(starts at time zone 'UTC', 'MM-DD'),"
                                + " to_char(ends at time zone 'UTC', 'MM-DD') from openstack.host_presence"
                                + " where site = ? and quantity_type = 'total' order by 1, starts",
                        SITE))
                .containsExactly(
                        "v|01-01|01-09", "w|01-01|01-06", "x|12-20|01-10", "y|01-01|01-05", "y|01-08|", "z|01-03|");
    }

    @Test
    void theHostsOfADayAreThosePresent() {
        assertThat(database.rows(
                        "select to_char(day at time zone 'UTC', 'MM-DD'), count(*) from unnest(array["
                                + "'2023-12-20Z', '2024-01-01Z', '2024-01-03Z', '2024-01-05Z', '2024-01-06Z', '2024-01-08Z',"
                                + " '2024-01-09Z', '2024-01-10Z', '2024-02-01Z']::timestamptz[]) day join openstack.host_presence"
                                + " on site = ? and quantity_type = 'total' and starts <= day and coalesce(ends, 'infinity') > day"
                                + " group by day order by day",
                        SITE))
                .containsExactly(
                        "12-20|1", "01-01|4", "01-03|5", "01-05|4", "01-06|3", "01-08|4", "01-09|3", "01-10|2",
                        "02-01|2");
    }

    @Test
    void anAllocationTellsOfAReservableHostBeforeItsTableDoes() {
        insert(
                "blazar_leases",
                "id",
                "l",
                "created_at",
                "2023-11-01Z",
                "start_date",
                "2023-12-01Z",
                "end_date",
                "2023-12-05Z");
        insert("blazar_reservations", "id", "r", "lease_id", "l");
        insert("blazar_computehost_allocations", "id", "a", "compute_host_id", "z", "reservation_id", "r");
        assertThat(database.rows(
                        "select to_char(starts at time zone 'UTC', 'MM-DD'),"
                                + " to_char(ends at time zone 'UTC', 'MM-DD') from openstack.host_presence where site = ?"
                                + " and quantity_type = 'reservable' and entity_id = 'z' order by starts",
                        SITE))
                .containsExactly("12-01|12-05", "01-03|");
    }

    private void nova(String host, String from, String to) {
        insert(
                "nova_compute_nodes",
                "id",
                host + from,
                "hypervisor_hostname",
                host,
                "created_at",
                from + "Z",
                "deleted_at",
                to == null ? null : to + "Z");
    }

    private void blazar(String host, String from, String to) {
        insert(
                "blazar_computehosts",
                "id",
                host,
                "hypervisor_hostname",
                host,
                "created_at",
                from + "Z",
                "deleted_at",
                to == null ? null : to + "Z");
    }
}
