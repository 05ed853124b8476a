package dev.caravan.openstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class BuildSpansFunctionTest extends SiteFunctionTestBase {
    @Test
    void theDemoSiteGivesTheSpansThatFollowByHand() throws IOException {
        DemoSite.insert(database, SITE);
        build();
        assertThat(spans("total"))
                .containsExactly(
                        "bm01|01T00:00|open|none",
                        "bm02|01T00:00|10T00:00|none",
                        "bm02|12T00:00|open|none",
                        "bm03|05T00:00|open|none",
                        "bm04|03T00:00|18T00:00|none",
                        "kvm01|01T00:00|open|none");
        assertThat(spans("reservable"))
                .containsExactly(
                        "bm01|01T00:00|15T00:00|none",
                        "bm01|16T00:00|open|none",
                        "bm02|01T00:00|10T00:00|clipped",
                        "bm02|12T00:00|open|clipped",
                        "bm03|05T00:00|open|clipped",
                        "kvm01|02T00:00|open|none");
        assertThat(spans("committed"))
                .containsExactly(
                        "a1|03T00:00|08T00:00|none",
                        "a2|04T00:00|10T00:00|clipped",
                        "a2|12T00:00|13T00:00|clipped",
                        "a4|06T10:00|12T00:00|none",
                        "a5|03T00:00|20T00:00|none",
                        "a5b|03T00:00|20T00:00|none",
                        "a6|10T00:00|15T00:00|clipped",
                        "a8|16T08:00|01T00:00|none");
        assertThat(spans("occupied_reservation"))
                .containsExactly(
                        "i1|03T06:00|07T00:00|none",
                        "i10|17T00:00|01T00:00|clipped",
                        "i2|04T12:00|10T00:00|clipped",
                        "i2|12T00:00|13T00:00|clipped",
                        "i5|05T00:00|15T00:00|none",
                        "i6|07T00:00|09T00:00|none");
        assertThat(spans("occupied_ondemand"))
                .containsExactly("i4|04T00:00|18T00:00|none", "i9|05T00:00|14T23:59|none");
        assertThat(rejects())
                .containsExactly(
                        "blazar.computehost_allocations|a3|ends_before_start",
                        "blazar.computehost_allocations|a7|orphan",
                        "blazar.computehost_allocations|a9|missing_lease",
                        "blazar.computehosts|h5|orphan",
                        "nova.instances|i3|never_launched",
                        "nova.instances|i7|orphan",
                        "nova.instances|i8|null_key");
    }

    @Test
    void a89hostThatWasEnrolledTwiceAtOnceIsThereOnce() {
        insert(
                "nova_compute_nodes",
                "id",
                "1",
                "created_at",
                at("02"),
                "deleted_at",
                at("04"),
                "hypervisor_hostname",
                "b");
        insert("nova_compute_nodes", "id", "2", "created_at", at("03"), "hypervisor_hostname", "b");
        insert("blazar_computehosts", "id", "h", "created_at", at("01"), "hypervisor_hostname", "b");
        build();
        for (String kind : List.of("total", "reservable")) {
            assertThat(database.rows(
                            "select count(*) filter (where starts <= day and coalesce(ends, 'infinity') > day)"
                                    + " from generate_series(timestamptz '2024-01-01Z', '2024-01-05Z', '1 day') day"
                                    + " left join openstack.span on site = '" + SITE
                                    + "' and count_type = ? group by day order by day",
                            kind))
                    .as(kind)
                    .containsExactly("0", "1", "1", "1", "1");
        }
    }

    @Test
    void buildingAgainChangesNothingAndLeavesOtherSitesAlone() throws IOException {
        DemoSite.insert(database, SITE);
        DemoSite.insert(database, "other");
        build();
        database.jdbc().queryForList("select caravan.build_spans('other')");
        List<String> first = all();
        build();
        assertThat(all()).isEqualTo(first).hasSize(56);
    }

    private void build() {
        database.jdbc().queryForList("select caravan.build_spans('" + SITE + "')");
    }

    private List<String> all() {
        return database.rows("select * from openstack.span order by 1, 2, 3, 4, starts");
    }
}
