package dev.caravan.openstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CutSupersededFunctionTest extends SiteFunctionTestBase {
    @Test
    void ofRowsThatOverlapTheOneCreatedLastCounts() {
        host("1", "01", "10");
        host("2", "05", null);
        cut();
        assertThat(spansBySource()).containsExactly("1|01-05|clipped", "2|05-null|none");
        assertThat(rejects()).isEmpty();
    }

    @Test
    void anEarlierRowCountsAgainOnceTheLaterOneIsGone() {
        host("1", "01", null);
        host("2", "05", "08");
        host("3", "06", "07");
        cut();
        assertThat(spansBySource())
                .containsExactly(
                        "1|01-05|clipped", "1|08-null|clipped", "2|05-06|clipped", "2|07-08|clipped", "3|06-07|none");
    }

    @Test
    void ofRowsCreatedAtOnceThatWithTheGreatestIdCountsAndTheOtherIsARejectWhenNothingIsLeft() {
        host("1", "05", "08");
        host("2", "05", null);
        cut();
        assertThat(spansBySource()).containsExactly("2|05-null|none");
        assertThat(rejects()).containsExactly("nova.compute_nodes|1|superseded");
    }

    @Test
    void theSameRowTwiceCountsOnce() {
        host("1", "05", "08");
        host("1", "05", "08");
        cut();
        assertThat(spansBySource()).containsExactly("1|05-08|none");
        assertThat(rejects()).isEmpty();
    }

    @Test
    void rowsThatTouchAndRowsOfOtherHostsStayAsTheyAre() {
        host("1", "01", "05");
        host("2", "05", "08");
        insert(
                "span",
                "count_type",
                "total",
                "source_table",
                "nova.compute_nodes",
                "source_id",
                "3",
                "entity_id",
                "other",
                "hypervisor_hostname",
                "other",
                "starts",
                at("02"),
                "original_start",
                at("02"),
                "coerce_action",
                "none",
                "nodes",
                1);
        cut();
        assertThat(spansBySource()).containsExactly("1|01-05|none", "2|05-08|none", "3|02-null|none");
    }

    @Test
    void aRowOfNoLengthCutsNothing() {
        host("1", "01", "10");
        host("2", "05", "05");
        cut();
        assertThat(spansBySource()).containsExactly("1|01-10|none", "2|05-05|none");
    }

    private void host(String id, String from, String to) {
        insert(
                "span",
                "count_type",
                "total",
                "source_table",
                "nova.compute_nodes",
                "source_id",
                id,
                "entity_id",
                "bm01",
                "hypervisor_hostname",
                "bm01",
                "starts",
                at(from),
                "ends",
                at(to),
                "original_start",
                at(from),
                "original_end",
                at(to),
                "coerce_action",
                "none",
                "nodes",
                1);
    }

    private void cut() {
        database.jdbc().queryForList("select caravan.cut_superseded('" + SITE + "', 'total')");
    }

    private List<String> spansBySource() {
        return database.rows("select source_id, to_char(starts at time zone 'UTC', 'DD') || '-'"
                + " || coalesce(to_char(ends at time zone 'UTC', 'DD'), 'null'), coerce_action"
                + " from openstack.span where site = '" + SITE + "' order by source_id, starts");
    }
}
