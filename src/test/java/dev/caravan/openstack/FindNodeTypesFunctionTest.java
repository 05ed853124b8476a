package dev.caravan.openstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FindNodeTypesFunctionTest extends SiteFunctionTestBase {
    @Test
    void theNewestCapabilityOfThatNameThatIsNotDeletedCounts() {
        host("h1", "bm01");
        capability("1", "h1", "node_type", "compute_skylake", "01", null);
        capability("2", "h1", "node_type", "compute_haswell", "05", null);
        capability("3", "h1", "node_type", "gpu", "07", "08");
        capability("4", "h1", "uid", "x", "09", null);
        assertThat(types()).containsExactly("bm01|compute_haswell");
    }

    @Test
    void theNameMayStandInOneOfTwoOtherTables() {
        host("h1", "bm01");
        host("h2", "bm02");
        insert("blazar_extra_capabilities", "id", "c7", "capability_name", "node_type");
        insert("blazar_resource_properties", "id", "p7", "property_name", "node_type");
        insert(
                "blazar_computehost_extra_capabilities",
                "id",
                "1",
                "computehost_id",
                "h1",
                "capability_id",
                "c7",
                "capability_value",
                "fpga");
        insert(
                "blazar_computehost_extra_capabilities",
                "id",
                "2",
                "computehost_id",
                "h2",
                "property_id",
                "p7",
                "capability_value",
                "storage");
        assertThat(types()).containsExactly("bm01|fpga", "bm02|storage");
    }

    @Test
    void ofAHostEnrolledAgainTheNewestCapabilityCountsAndSpansTellIt() {
        host("h1", "bm01");
        host("h2", "bm01");
        capability("1", "h1", "node_type", "old", "01", null);
        capability("2", "h2", "node_type", "new", "05", null);
        insert("nova_compute_nodes", "id", "1", "created_at", at("01"), "hypervisor_hostname", "bm01");
        insert("nova_compute_nodes", "id", "2", "created_at", at("01"), "hypervisor_hostname", "bm02");
        call("build_spans");
        assertThat(types()).containsExactly("bm01|new");
        assertThat(database.rows(
                        "select hypervisor_hostname, node_type from openstack.span where site = ? order by 1", SITE))
                .containsExactly("bm01|new", "bm02|");
    }

    private void host(String id, String name) {
        insert("blazar_computehosts", "id", id, "hypervisor_hostname", name);
    }

    private void capability(String id, String host, String name, String value, String created, String deleted) {
        insert(
                "blazar_computehost_extra_capabilities",
                "id",
                id,
                "computehost_id",
                host,
                "capability_name",
                name,
                "capability_value",
                value,
                "created_at",
                at(created),
                "deleted_at",
                at(deleted));
    }

    private List<String> types() {
        return database.rows("select * from caravan.find_node_types('" + SITE + "') order by 1");
    }
}
