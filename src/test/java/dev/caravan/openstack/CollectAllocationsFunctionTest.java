package dev.caravan.openstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CollectAllocationsFunctionTest extends SiteFunctionTestBase {
    @BeforeEach
    void addHost() {
        insert(
                "blazar_computehosts",
                "id",
                "h1",
                "created_at",
                at("01"),
                "hypervisor_hostname",
                "kvm01",
                "vcpus",
                64,
                "memory_mb",
                262144,
                "local_gb",
                2000);
        insert("blazar_computehost_allocations", "id", "a1", "compute_host_id", "h1", "reservation_id", "r1");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "null",
            value = {
                "02, null, 03, 08, 03, 08, null",
                "02, 05, 03, 08, 03, 05, null",
                "04, null, 03, 08, 04, 08, null",
                "02, 05, 03, null, 03, 05, null",
                "null, null, 03, 08, 03, 08, null",
                "02, null, null, 08, 02, 08, null",
                "02, null, 03, null, 03, null, open_lease",
                "02, 02T12:00, 03, 08, 03, 02T12:00, ends_before_start",
                "02, 03, 03, 08, 03, 03, null",
                "null, 05, null, 08, null, 05, missing_start"
            })
    void theLeaseSaysWhenAnAllocationCounts(
            String created, String deleted, String start, String end, String starts, String ends, String reason) {
        lease(created, deleted, start, end, "physical:host");
        collect();
        assertThat(database.rows(
                        "select original_start is not distinct from cast(? as timestamptz),"
                                + " original_end is not distinct from cast(? as timestamptz), reason"
                                + " from openstack.span_candidate where site = '" + SITE + "'",
                        at(starts),
                        at(ends)))
                .containsExactly("t|t|" + (reason == null ? "" : reason));
    }

    @Test
    void aWholeHostIsOneNodeWithAllItHas() {
        lease("02", null, "03", "08", "physical:host");
        collect();
        assertThat(sizes()).containsExactly("a1|1|64|262144|2000|reservable");
    }

    @Test
    void aFlavorTakesItsShareOfTheHostAsOftenAsItWasAllocated() {
        lease("02", null, "03", "08", "flavor:instance");
        insert("blazar_instance_reservations", "reservation_id", "r1", "vcpus", 16, "memory_mb", 32768, "disk_gb", 100);
        insert("blazar_computehost_allocations", "id", "a2", "compute_host_id", "h1", "reservation_id", "r1");
        collect();
        assertThat(sizes()).containsExactly("a1|0.25|16|32768|100|reservable", "a2|0.25|16|32768|100|reservable");
    }

    @Test
    void otherKindsOfReservationsNeedNothingToLieIn() {
        lease("02", null, "03", "08", "virtual:instance");
        collect();
        assertThat(sizes()).containsExactly("a1|1|64|262144|2000|");
    }

    @Test
    void whatCannotBeJoinedIsRejectedWithItsReason() {
        lease("02", null, "03", "08", null);
        insert("blazar_computehost_allocations", "id", "a2", "compute_host_id", "h1", "reservation_id", "none");
        insert("blazar_reservations", "id", "r3", "lease_id", "none", "resource_type", "physical:host");
        insert("blazar_computehost_allocations", "id", "a3", "compute_host_id", "h1", "reservation_id", "r3");
        insert("blazar_reservations", "id", "r4", "lease_id", "l1", "resource_type", "physical:host");
        insert("blazar_computehost_allocations", "id", "a4", "compute_host_id", "none", "reservation_id", "r4");
        insert("blazar_reservations", "id", "r5", "lease_id", "l1", "resource_type", "flavor:instance");
        insert("blazar_computehost_allocations", "id", "a5", "compute_host_id", "h1", "reservation_id", "r5");
        insert("nova_compute_nodes", "id", "1", "created_at", at("01"), "hypervisor_hostname", "kvm01", "vcpus", 64);
        call("build_spans");
        assertThat(rejects())
                .containsExactly(
                        "blazar.computehost_allocations|a1|unknown_reservation_type",
                        "blazar.computehost_allocations|a2|missing_lease",
                        "blazar.computehost_allocations|a3|missing_lease",
                        "blazar.computehost_allocations|a4|null_key",
                        "blazar.computehost_allocations|a5|unknown_size");
    }

    private void lease(String created, String deleted, String start, String end, String type) {
        insert(
                "blazar_leases",
                "id",
                "l1",
                "project_id",
                "p1",
                "created_at",
                at(created),
                "deleted_at",
                at(deleted),
                "start_date",
                at(start),
                "end_date",
                at(end));
        insert("blazar_reservations", "id", "r1", "lease_id", "l1", "resource_type", type);
    }

    private void collect() {
        database.jdbc().queryForList("select caravan.collect_allocations('" + SITE + "')");
    }

    private List<String> sizes() {
        return database.rows("select source_id, nodes, vcpus, memory_mb, disk_gb, parent_type"
                + " from openstack.span_candidate where site = '" + SITE + "' order by 1");
    }
}
