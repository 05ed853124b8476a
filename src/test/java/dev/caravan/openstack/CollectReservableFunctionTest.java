package dev.caravan.openstack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CollectReservableFunctionTest extends SiteFunctionTestBase {
    @Test
    void aHostHasToLieInTheTotalOfItsNameAndADeviceInNothing() {
        insert(
                "blazar_computehosts",
                "id",
                "h1",
                "created_at",
                at("01"),
                "hypervisor_hostname",
                "bm01",
                "vcpus",
                48,
                "memory_mb",
                131072,
                "local_gb",
                500);
        insert("blazar_devices", "id", "d1", "created_at", at("02"), "deleted_at", at("09"), "reservable", "true");
        insert("blazar_devices", "id", "d2", "created_at", at("02"), "reservable", "false");
        insert("blazar_devices", "id", "d3", "created_at", at("02"));
        database.jdbc().queryForList("select caravan.collect_reservable('" + SITE + "')");
        assertThat(database.rows(
                        "select source_table, source_id, nodes, vcpus, vcpus_overcommit, parent_type, reason"
                                + " from openstack.span_candidate where site = ? order by 2",
                        SITE))
                .containsExactly(
                        "blazar.devices|d1|1||||",
                        "blazar.devices|d2|1||||not_reservable",
                        "blazar.devices|d3|1||||not_reservable",
                        "blazar.computehosts|h1|1|48||total|");
    }

    @Test
    void edgeSitesHaveDevicesAndNoHosts() {
        insert("blazar_devices", "id", "d1", "created_at", at("02"), "reservable", "true");
        insert("blazar_leases", "id", "l1", "created_at", at("03"), "start_date", at("04"), "end_date", at("06"));
        insert("blazar_reservations", "id", "r1", "lease_id", "l1", "resource_type", "device");
        insert("blazar_device_allocations", "id", "a1", "device_id", "d1", "reservation_id", "r1");
        call("build_spans");
        assertThat(spans("reservable")).containsExactly("d1|02T00:00|open|none");
        assertThat(spans("committed")).containsExactly("a1|04T00:00|06T00:00|none");
        assertThat(rejects()).isEmpty();
    }
}
