package dev.caravan.openstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CollectLeadTimesFunctionTest extends SiteFunctionTestBase {
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            nullValues = "null",
            value = {
                "plain, 02, 03, null, null, 24, 24",
                "ended early, 02, 04, 13, null, 48, 48",
                "deleted before its start, 05, 06, 05T12:00, null, 24, null",
                "started at once, 06T10:00, 06T09:59, 12, null, 0, 0",
                "deleted at its very start, 09, 10, 10, null, 24, null",
                "still to come, 09, 21, null, null, 288, null",
                "failed, 04, 05, null, ERROR, 24, null",
                "any other status, 04, 05, null, TERMINATED, 24, 24"
            })
    void aLeaseHasALeadTimeAskedForAndOneThatCameToBe(
            String name,
            String created,
            String start,
            String deleted,
            String status,
            Integer requested,
            Integer effective) {
        lease("l1", created, start, deleted, status);
        collect("20");
        assertThat(database.rows(
                        "select requested_seconds / 3600, effective_seconds / 3600 from openstack.lease_lead_time"))
                .containsExactly(requested + "|" + (effective == null ? "" : effective));
    }

    @Test
    void anEventThatIsDoneTellsTheRealStart() {
        lease("l1", "04", "05", null, "ERROR");
        lease("l2", "04", "05", null, null);
        event("l1", "start_lease", "05T01:00", "DONE");
        event("l1", "start_lease", "05T09:00", "DONE");
        event("l2", "start_lease", "05T02:00", "UNDONE");
        event("l2", "end_lease", "05T03:00", "DONE");
        collect("20");
        assertThat(database.rows("select lease_id, effective_seconds / 3600 from openstack.lease_lead_time order by 1"))
                .containsExactly("l1|25", "l2|24");
    }

    @Test
    void leasesAskedForAtOnceAreOneRowAndTheDetailSaysHowMany() {
        lease("l1", "02", "03", null, null);
        lease("l2", "02", "04", "13", null);
        insert("blazar_computehosts", "id", "h1", "hypervisor_hostname", "bm01");
        insert("blazar_computehosts", "id", "h2", "hypervisor_hostname", "bm02");
        insert("blazar_computehosts", "id", "h3", "hypervisor_hostname", "bm03");
        for (String host : List.of("h1", "h2", "h3")) {
            insert(
                    "blazar_computehost_extra_capabilities",
                    "id",
                    host,
                    "computehost_id",
                    host,
                    "capability_name",
                    "node_type",
                    "capability_value",
                    host.equals("h3") ? "gpu" : "skylake");
            insert("blazar_computehost_allocations", "id", host, "compute_host_id", host, "reservation_id", "r1");
        }
        insert("blazar_reservations", "id", "r1", "lease_id", "l1", "resource_type", "physical:host");
        collect("20");
        assertThat(database.rows(
                        "select leadtime_type, value / 3600 from openstack.lead_time where site = ? order by 1", SITE))
                .containsExactly("effective|36", "requested|36");
        assertThat(database.rows(
                        "select leadtime_type, lease_id, node_type, hosts, value / 3600, leases"
                                + " from openstack.lead_time_detail where site = ? order by 1, 2, 3",
                        SITE))
                .containsExactly(
                        "effective|l1|gpu|1|24|2",
                        "effective|l1|skylake|2|24|2",
                        "effective|l2|||48|2",
                        "requested|l1|gpu|1|24|2",
                        "requested|l1|skylake|2|24|2",
                        "requested|l2|||48|2");
    }

    @Test
    void leasesThatCannotBeReckonedAreRejects() {
        lease("l1", null, "03", null, null);
        lease("l2", "03", null, null, null);
        collect("20");
        collect("20");
        assertThat(rejects()).containsExactly("blazar.leases|l1|missing_start", "blazar.leases|l2|missing_start");
        assertThat(database.count("openstack.lease_lead_time")).isZero();
    }

    @Test
    void theDemoSiteGivesTheLeadTimesThatFollowByHand() throws IOException {
        DemoSite.insert(database, SITE);
        collect("21");
        assertThat(database.rows(
                        "select to_char(\"timestamp\" at time zone 'UTC', 'DD\"T\"HH24:MI'), leadtime_type,"
                                + " value / 3600 from openstack.lead_time where site = ? order by 1, 2 desc",
                        SITE))
                .containsExactly(
                        "02T00:00|requested|36",
                        "02T00:00|effective|36",
                        "03T00:00|requested|0",
                        "03T00:00|effective|0",
                        "04T00:00|requested|0",
                        "04T00:00|effective|0",
                        "05T00:00|requested|24",
                        "06T10:00|requested|0",
                        "06T10:00|effective|0",
                        "09T00:00|requested|24",
                        "09T00:00|effective|24",
                        "16T08:00|requested|0",
                        "16T08:00|effective|0");
    }

    private void lease(String id, String created, String start, String deleted, String status) {
        insert(
                "blazar_leases",
                "id",
                id,
                "created_at",
                at(created),
                "start_date",
                at(start),
                "deleted_at",
                at(deleted),
                "status",
                status);
    }

    private void event(String lease, String type, String time, String status) {
        insert(
                "blazar_events",
                "id",
                lease + type,
                "lease_id",
                lease,
                "event_type",
                type,
                "time",
                at(time),
                "status",
                status);
    }

    private void collect(String reportDay) {
        database.jdbc()
                .queryForList(
                        "select caravan.collect_lead_times('" + SITE + "', cast(? as timestamptz))", at(reportDay));
    }
}
