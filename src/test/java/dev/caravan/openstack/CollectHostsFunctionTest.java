package dev.caravan.openstack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CollectHostsFunctionTest extends SiteFunctionTestBase {
    @Test
    void everyEnrolmentIsACandidateWithItsCapacity() {
        insert(
                "nova_compute_nodes",
                "id",
                "1",
                "created_at",
                at("01"),
                "deleted_at",
                at("05"),
                "hypervisor_hostname",
                "kvm01",
                "vcpus",
                64,
                "memory_mb",
                262144,
                "local_gb",
                2000,
                "cpu_allocation_ratio",
                2.0);
        database.jdbc().queryForList("select caravan.collect_hosts('" + SITE + "')");
        assertThat(database.rows(
                        "select count_type, source_table, source_id, entity_id, nodes, vcpus, vcpus_overcommit,"
                                + " memory_mb, disk_gb, reason, parent_type from openstack.span_candidate where site = ?",
                        SITE))
                .containsExactly("total|nova.compute_nodes|1|kvm01|1|64|128|262144|2000||");
    }

    @Test
    void s12aHostThatEndsBeforeItBeganOrNeverBeganCountsNothing() {
        insert(
                "nova_compute_nodes",
                "id",
                "1",
                "created_at",
                at("05"),
                "deleted_at",
                at("03"),
                "hypervisor_hostname",
                "a");
        insert("nova_compute_nodes", "id", "2", "hypervisor_hostname", "b");
        insert(
                "nova_compute_nodes",
                "id",
                "3",
                "created_at",
                at("05"),
                "deleted_at",
                at("05"),
                "hypervisor_hostname",
                "c");
        call("build_spans");
        assertThat(rejects())
                .containsExactly("nova.compute_nodes|1|ends_before_start", "nova.compute_nodes|2|missing_start");
        assertThat(spans("total")).containsExactly("c|05T00:00|05T00:00|none");
    }
}
