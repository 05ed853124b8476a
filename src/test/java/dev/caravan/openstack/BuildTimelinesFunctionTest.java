package dev.caravan.openstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BuildTimelinesFunctionTest extends SiteFunctionTestBase {
    @Test
    void theDemoSiteGivesTheDailyNodesThatFollowByHand() throws IOException {
        buildDemo();
        List<String> expected = new ArrayList<>();
        for (NamedCsvRecord day : DemoSite.expectedDays()) {
            day.getFieldsAsMap().forEach((name, value) -> {
                if (!name.equals("day")) {
                    expected.add(day.getField("day") + "|" + name + "|" + value);
                }
            });
        }
        assertThat(database.rows("select to_char(\"timestamp\" at time zone 'UTC', 'YYYY-MM-DD'), count_type, value"
                        + " from openstack.usage_timeline where site = '" + SITE + "' and collector_type = 'current'"))
                .containsExactlyInAnyOrderElementsOf(expected)
                .hasSize(180);
    }

    @Test
    void theDemoSiteGivesTheOtherResourcesThatFollowByHand() throws IOException {
        buildDemo();
        assertThat(database.count("openstack.usage where site = ? and collector_type = 'current'", SITE))
                .isEqualTo(900);
        assertThat(day("vcpus", "01")).isEqualTo("160|96|0|0|0");
        assertThat(day("vcpus", "03")).isEqualTo("208|160|80|0|0");
        assertThat(day("vcpus", "04")).isEqualTo("208|160|128|48|8");
        assertThat(day("vcpus", "07")).isEqualTo("232|184|152|88|56");
        assertThat(day("vcpus", "10")).isEqualTo("184|136|104|16|56");
        assertThat(day("vcpus", "12")).isEqualTo("232|184|128|64|56");
        assertThat(day("vcpus", "15")).isEqualTo("232|136|32|0|8");
        assertThat(day("vcpus", "20")).isEqualTo("184|184|48|48|0");
        assertThat(day("vcpus_overcommit", "01")).isEqualTo("224|0|0|0|0");
        assertThat(day("vcpus_overcommit", "05")).isEqualTo("296|0|0|0|56");
        assertThat(day("vcpus_overcommit", "18")).isEqualTo("248|0|0|0|0");
        assertThat(day("memory_mb", "06")).isEqualTo("720896|589824|327680|294912|147456");
        assertThat(day("disk_gb", "06")).isEqualTo("3750|3250|1200|1100|540");
    }

    @Test
    void theFormerReportsStandBesideTheCurrentCounts() throws IOException {
        buildDemo();
        assertThat(database.rows(
                        "select to_char(\"timestamp\" at time zone 'UTC', 'DD'), metric, current, legacy, difference"
                                + " from openstack.legacy_comparison where site = '" + SITE
                                + "' and \"timestamp\" < '2024-01-03Z' and metric in ('total', 'idle', 'available_ondemand')"
                                + " order by 1, 2"))
                .containsExactly(
                        "01|available_ondemand|1||",
                        "01|idle|0|2|-2",
                        "01|total|3|12|-9",
                        "02|available_ondemand|0||",
                        "02|idle|0|1|-1",
                        "02|total|3|10|-7");
        insert("chameleon_usage_node_count_cache", "date", "2024-01-01", "node_type", "skylake", "cnt", 10);
        insert("chameleon_usage_node_count_cache", "date", "2024-01-01", "node_type", "gpu", "cnt", 1);
        assertThat(database.rows(
                        "select from_hours, from_count, difference from openstack.legacy_node_count where site = ?",
                        SITE))
                .containsExactly("12|11|1");
    }

    @Test
    void theWideTableHasOneRowADay() throws IOException {
        buildDemo();
        assertThat(database.rows("select resource, total, reservable, committed, occupied_ondemand, occupied_reserved,"
                        + " active_ondemand, active_reserved from usage_compat.usage_wide where site = '" + SITE
                        + "' and \"time\" = '2024-01-04Z'"))
                .containsExactly("nodes|4|3|2.5|0.125|1|0.125|1");
        assertThat(database.count("usage_compat.usage_wide where site = ?", SITE))
                .isEqualTo(20);
        assertThat(database.rows("select string_agg(column_name, ',' order by ordinal_position)"
                        + " from information_schema.columns where table_name = 'usage_wide'"))
                .containsExactly("time,site,resource,total,reservable,committed,occupied_ondemand,occupied_reserved,"
                        + "active_ondemand,active_reserved");
    }

    @Test
    void whatASiteDoesNotTellIsFilledInTheWideTableOnly() {
        insert("site", "name", "Edge");
        insert("blazar_devices", "id", "d1", "created_at", at("01"), "reservable", "true");
        insert("blazar_leases", "id", "l1", "created_at", at("01"), "start_date", at("01"), "end_date", at("05"));
        insert("blazar_reservations", "id", "r1", "lease_id", "l1", "resource_type", "device");
        insert("blazar_device_allocations", "id", "a1", "device_id", "d1", "reservation_id", "r1");
        build("02");
        assertThat(database.rows(
                        "select total, reservable, committed, occupied_ondemand, occupied_reserved"
                                + " from usage_compat.usage_wide where site = ?",
                        SITE))
                .containsExactly("1|1|1|0|1");
        assertThat(database.rows("select count_type from openstack.usage_timeline where site = ? order by 1", SITE))
                .containsExactly("available_reservable", "committed", "reservable");
    }

    @Test
    void i1aHostThatIsReservedAndUsedCountsOnEveryLevel() {
        insert("site", "name", "One host");
        insert(
                "nova_compute_nodes",
                "id",
                "1",
                "created_at",
                at("01"),
                "deleted_at",
                at("05"),
                "hypervisor_hostname",
                "a");
        insert(
                "blazar_computehosts",
                "id",
                "h",
                "created_at",
                at("01"),
                "deleted_at",
                at("05"),
                "hypervisor_hostname",
                "a");
        insert("blazar_leases", "id", "l", "created_at", at("01"), "start_date", at("01"), "end_date", at("03"));
        insert("blazar_reservations", "id", "r", "lease_id", "l", "resource_type", "physical:host");
        insert("blazar_computehost_allocations", "id", "a", "compute_host_id", "h", "reservation_id", "r");
        insert(
                "nova_instances",
                "uuid",
                "i",
                "created_at",
                at("01"),
                "launched_at",
                at("01"),
                "deleted_at",
                at("03"),
                "node",
                "a",
                "vcpus",
                1);
        insert("nova_api_request_specs", "instance_uuid", "i", "hinted_reservation", "r");
        build("05");
        assertThat(rejects()).isEmpty();
        assertThat(metrics("01"))
                .containsExactly(
                        "available_reservable|0",
                        "committed|1",
                        "idle|0",
                        "occupied_reservation|1",
                        "ondemand_capacity|0",
                        "reservable|1",
                        "total|1");
        assertThat(metrics("03")).contains("committed|0", "available_reservable|1");
    }

    @Test
    void i3o1everyOutputHasItsColumnsAndNoOthers() {
        assertThat(columns("usage_timeline")).isEqualTo("site,timestamp,collector_type,count_type,value");
        assertThat(columns("lead_time")).isEqualTo("site,timestamp,leadtime_type,value");
        assertThat(columns("usage")).isEqualTo("metric,resource,site,collector_type,timestamp,value");
        assertThat(columns("fact"))
                .isEqualTo("timestamp,source,entity_id,quantity_type,value,node_type,hypervisor_hostname");
    }

    @Test
    void g1aRowWithoutASiteIsRefused() {
        assertThatThrownBy(() -> database.insert("openstack.nova_instances", Map.of("uuid", "i")))
                .rootCause()
                .hasMessageContaining("\"site\"");
    }

    @Test
    void whenItWasBuiltIsNoted() throws IOException {
        buildDemo();
        assertThat(database.rows("select built_at is not null from openstack.site where site = ?", SITE))
                .containsExactly("t");
    }

    private void buildDemo() throws IOException {
        DemoSite.insert(database, SITE);
        build("21");
    }

    private void build(String end) {
        database.jdbc()
                .queryForList(
                        "select caravan.build_timelines('" + SITE
                                + "', '2024-01-01Z', cast(? as timestamptz), cast(? as timestamptz))",
                        at(end),
                        at(end));
    }

    private String day(String resource, String day) {
        return database.rows(
                        "select string_agg(value::text, '|' order by array_position(array['total', 'reservable',"
                                + " 'committed', 'occupied_reservation', 'occupied_ondemand'], metric)) from openstack.usage where site = '"
                                + SITE
                                + "' and collector_type = 'current' and resource = ? and \"timestamp\" = cast(? as timestamptz)"
                                + " and metric in ('total', 'reservable', 'committed', 'occupied_reservation', 'occupied_ondemand')",
                        resource,
                        at(day))
                .get(0);
    }

    private List<String> metrics(String day) {
        return database.rows(
                "select metric, value from openstack.usage where site = '" + SITE
                        + "' and resource = 'nodes' and \"timestamp\" = cast(? as timestamptz) order by 1",
                at(day));
    }

    private String columns(String table) {
        return database.text(
                "select string_agg(column_name, ',' order by ordinal_position)"
                        + " from information_schema.columns where table_schema = 'openstack' and table_name = ?",
                table);
    }
}
