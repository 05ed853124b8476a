package dev.caravan.openstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CollectInstancesFunctionTest extends SiteFunctionTestBase {
    private int events;

    @ParameterizedTest
    @CsvSource(
            nullValues = "null",
            value = {
                "08, 09, null, 08",
                "09, 08, null, 08",
                "null, 09, null, 09",
                "null, null, null, null",
                "null, null, 07, 07",
                "08, 09, 10, 08",
                "01, null, null, 01"
            })
    void aServerEndsWithTheEarliestThatTellsOfIt(String terminated, String deleted, String event, String ends) {
        insert(
                "nova_instances",
                "uuid",
                "i",
                "created_at",
                at("02"),
                "launched_at",
                at("03"),
                "terminated_at",
                at(terminated),
                "deleted_at",
                at(deleted),
                "node",
                "bm01",
                "vcpus",
                8);
        if (event != null) {
            event("compute_terminate_instance", event, "Success", "bm01");
        }
        collect();
        assertThat(database.rows(
                        "select original_start = cast(? as timestamptz),"
                                + " original_end is not distinct from cast(? as timestamptz), reason"
                                + " from openstack.span_candidate where site = '" + SITE + "'",
                        at("02"),
                        at(ends)))
                .containsExactly("t|t|" + ("01".equals(ends) ? "ends_before_start" : ""));
    }

    @Test
    void aServerThatNeverWasLaunchedHoldsNothing() {
        insert("nova_instances", "uuid", "i", "created_at", at("02"), "node", "bm01");
        call("build_spans");
        assertThat(rejects()).containsExactly("nova.instances|i|never_launched");
    }

    @Test
    void onlyWhatComesAfterTheLastUnshelvingEndsIt() {
        server();
        event("compute_shelve_instance", "08", "Success", "bm01");
        event("compute_shelve_offload_instance", "09", "Success", "bm01");
        event("compute_unshelve_instance", "10", "Success", "bm01");
        event("compute_terminate_instance", "10", "Success", "bm01");
        event("compute_shelve_offload_instance", "15", "Success", "bm01");
        event("compute_terminate_instance", "16", "Success", "bm01");
        collect();
        assertThat(ends()).containsExactly("2024-01-15");
    }

    @Test
    void eventsThatFailedAndOthersThanOfTheComputeServiceEndNothing() {
        server();
        event("compute_terminate_instance", "08", "Error", "bm01");
        event("conductor_terminate_instance", "09", "Success", "bm01");
        event("compute_stop_instance", "10", "Success", "bm01");
        collect();
        assertThat(ends()).containsExactly("");
    }

    @Test
    void theHostIsTheLatestThatAnEventOfTheComputeServiceTells() {
        insert("nova_instances", "uuid", "i", "created_at", at("02"), "launched_at", at("03"), "vcpus", 8);
        event("compute__do_build_and_run_instance", "03", "Success", "bm01");
        event("compute_live_migration", "05", "Success", "bm02");
        event("compute_reboot_instance", "06", "Error", "bm03");
        event("conductor_migrate_server", "07", "Success", "ctl1");
        collect();
        assertThat(candidates("hypervisor_hostname")).containsExactly("bm02");
    }

    @Test
    void aSharedHostGivesItsShareAndABareOneAll() {
        insert(
                "nova_compute_nodes",
                "id",
                "1",
                "created_at",
                at("01"),
                "hypervisor_hostname",
                "kvm01",
                "hypervisor_type",
                "QEMU",
                "vcpus",
                64);
        insert(
                "nova_compute_nodes",
                "id",
                "2",
                "created_at",
                at("01"),
                "hypervisor_hostname",
                "bm01",
                "hypervisor_type",
                "ironic",
                "vcpus",
                48);
        for (String node : List.of("kvm01", "bm01", "unknown")) {
            insert(
                    "nova_instances",
                    "uuid",
                    node,
                    "created_at",
                    at("02"),
                    "launched_at",
                    at("03"),
                    "node",
                    node,
                    "vcpus",
                    8,
                    "memory_mb",
                    16384,
                    "root_gb",
                    40);
        }
        collect();
        assertThat(candidates("source_id, nodes, vcpus, vcpus_overcommit, memory_mb, disk_gb"))
                .containsExactly("bm01|1|8|8|16384|40", "kvm01|0.125|8|8|16384|40", "unknown|1|8|8|16384|40");
    }

    @Test
    void theHostIsTakenAsItWasEnrolledWhenTheServerWasCreatedElseAsAtFirst() {
        insert(
                "nova_compute_nodes",
                "id",
                "1",
                "created_at",
                at("05"),
                "hypervisor_hostname",
                "kvm01",
                "hypervisor_type",
                "QEMU",
                "vcpus",
                16);
        insert(
                "nova_compute_nodes",
                "id",
                "2",
                "created_at",
                at("10"),
                "hypervisor_hostname",
                "kvm01",
                "hypervisor_type",
                "QEMU",
                "vcpus",
                32);
        for (String created : List.of("02", "05", "07", "10", "20")) {
            insert(
                    "nova_instances",
                    "uuid",
                    created,
                    "created_at",
                    at(created),
                    "launched_at",
                    at(created),
                    "node",
                    "kvm01",
                    "vcpus",
                    8);
        }
        collect();
        assertThat(candidates("source_id, nodes")).containsExactly("02|0.5", "05|0.5", "07|0.5", "10|0.25", "20|0.25");
    }

    @Test
    void aReservationIsToldByAHintOrElseByTheFlavor() {
        for (String uuid : List.of("both", "flavor", "hint", "neither", "no-request", "odd")) {
            insert(
                    "nova_instances",
                    "uuid",
                    uuid,
                    "created_at",
                    at("02"),
                    "launched_at",
                    at("03"),
                    "node",
                    "bm01",
                    "vcpus",
                    8);
        }
        spec("both", "r1", "reservation:r2");
        spec("flavor", null, "reservation:r5");
        spec("hint", "r3", "baremetal");
        spec("neither", null, "m1.large");
        spec("odd", null, "my-reservation:r7");
        collect();
        assertThat(candidates("source_id, count_type, reservation_id, parent_type, vcpus_overcommit"))
                .containsExactly(
                        "both|occupied_reservation|r1|committed|",
                        "flavor|occupied_reservation|r5|committed|",
                        "hint|occupied_reservation|r3|committed|",
                        "neither|occupied_ondemand|||8",
                        "no-request|occupied_ondemand|||8",
                        "odd|occupied_ondemand|||8");
    }

    private void server() {
        insert(
                "nova_instances",
                "uuid",
                "i",
                "created_at",
                at("02"),
                "launched_at",
                at("03"),
                "node",
                "bm01",
                "vcpus",
                8);
    }

    private void event(String event, String start, String result, String host) {
        events++;
        insert("nova_instance_actions", "id", events, "instance_uuid", "i");
        insert(
                "nova_instance_actions_events",
                "id",
                events,
                "action_id",
                events,
                "event",
                event,
                "start_time",
                at(start),
                "result",
                result,
                "host",
                host);
    }

    private void spec(String uuid, String hint, String flavor) {
        insert("nova_api_request_specs", "instance_uuid", uuid, "hinted_reservation", hint, "flavor_name", flavor);
    }

    private void collect() {
        database.jdbc().queryForList("select caravan.collect_instances('" + SITE + "')");
    }

    private List<String> ends() {
        return candidates("to_char(original_end at time zone 'UTC', 'YYYY-MM-DD')");
    }

    private List<String> candidates(String columns) {
        return database.rows("select " + columns + " from openstack.span_candidate where site = '" + SITE
                + "' order by source_id collate \"C\"");
    }
}
