package dev.caravan.openstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClampSpansFunctionTest extends SiteFunctionTestBase {
    private static final String CLAMP = "select caravan.clamp_spans('" + SITE + "', 'reservable')";

    /** Child and parents are of host A unless another is named before a colon. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = ';',
            value = {
                "P1; 10-20; 05-25; none; 10-20",
                "P2; 03-15; 05-25; clipped; 05-15",
                "P3; 10-30; 05-25; clipped; 10-25",
                "P4; 03-30; 05-25; clipped; 05-25",
                "P5; 10-20; B:05-25; orphan; 10-20",
                "P6; 05-08; 10-25; orphan; 05-08",
                "P7; 05-15; 10-25; clipped; 10-15",
                "P8; 26-28; 05-25; orphan; 26-28",
                "P9; 25-30; 05-25; orphan; 25-30",
                "P10; null:10-20; 05-25; null_key; 10-20",
                "P11; 10-null; 05-25; clipped; 10-25",
                "P12; 10-20; 05-null; none; 10-20",
                "P13; 10-null; 05-null; none; 10-null",
                "P14; 15-20; 01-08, 10-25; none; 15-20",
                "P15; 05-20; 01-10, 15-25; clipped; 05-10, 15-20",
                "P16; 01-null; 05-10, 15-25; clipped; 05-10, 15-25",
                "P17; 11-14; 05-10, 15-25; orphan; 11-14",
                "a span of no length inside; 10-10; 05-25; none; 10-10",
                "a span of no length at the edge; 25-25; 05-25; orphan; 25-25"
            })
    void aSpanIsCutToEachOfThoseItLiesIn(String name, String child, String parents, String verdict, String result) {
        for (String parent : parents.split(", ")) {
            insertParent(parent);
        }
        insertChild(child, "total");

        database.jdbc().queryForList(CLAMP);

        String table = verdict.equals("none") || verdict.equals("clipped") ? "span" : "span_reject";
        String[] original = moments(child);
        String outcome = table.equals("span") ? "coerce_action" : "reason";
        String starts = table.equals("span") ? "starts" : "original_start";
        String ends = table.equals("span") ? "ends" : "original_end";
        assertThat(database.rows("select " + outcome + ", to_char(" + starts
                        + " at time zone 'UTC', 'DD') || '-' || coalesce(to_char(" + ends
                        + " at time zone 'UTC', 'DD'), 'null'), to_char(original_start at time zone 'UTC', 'DD'),"
                        + " coalesce(to_char(original_end at time zone 'UTC', 'DD'), 'null')"
                        + " from openstack." + table + " where site = '" + SITE
                        + "' and source_table = 'child' order by 2"))
                .containsExactlyElementsOf(List.of(result.split(", ")).stream()
                        .map(span -> verdict + "|" + span + "|" + original[0] + "|" + original[1])
                        .toList());
        assertThat(database.count("openstack.span_candidate where site = ?", SITE))
                .isZero();
    }

    @Test
    void p18p19whatAChildIsStaysAndWhatItsParentIsDoesNotPassOver() {
        insertParent("05-25");
        insertChild("10-20", "total", "project_id", "project", "memory_mb", 7);
        database.jdbc().queryForList(CLAMP);
        assertThat(database.rows(
                        "select project_id, memory_mb, nodes, vcpus from openstack.span where source_table = 'child'"))
                .containsExactly("project|7|1|");
    }

    @Test
    void p20everySpanTellsWhatItWasBeforeItWasCut() {
        insertParent("05-25");
        insertChild("03-15", "total");
        database.jdbc().queryForList(CLAMP);
        assertThat(database.rows("select original_start is not null, original_end is not null, coerce_action,"
                        + " (select count(*) from openstack.span_reject where site = '" + SITE
                        + "') from openstack.span where source_table = 'child'"))
                .containsExactly("t|t|clipped|0");
    }

    @Test
    void p21p22whatNeedsNothingToLieInStaysAsItIs() {
        insertParent("05-25");
        insertChild("X:01-30", null);
        insertChild("null:02-30", null);
        insertChild("A:06-07", "total");
        database.jdbc().queryForList(CLAMP);
        assertThat(spans("reservable"))
                .containsExactly("A|06T00:00|07T00:00|none", "X|01T00:00|30T00:00|none", "null|02T00:00|30T00:00|none");
    }

    @Test
    void severalAllocationsOfOneReservationOnOneHostAreOnePlaceToLieIn() {
        for (String allocation : List.of("a1", "a2")) {
            insert(
                    "span",
                    "count_type",
                    "committed",
                    "source_table",
                    "parent",
                    "source_id",
                    allocation,
                    "entity_id",
                    allocation,
                    "hypervisor_hostname",
                    "A",
                    "reservation_id",
                    "r",
                    "starts",
                    at("05"),
                    "ends",
                    at("25"),
                    "original_start",
                    at("05"),
                    "coerce_action",
                    "none",
                    "nodes",
                    0.5);
        }
        insert(
                "span_candidate",
                "count_type",
                "occupied_reservation",
                "source_table",
                "child",
                "source_id",
                "i",
                "entity_id",
                "i",
                "hypervisor_hostname",
                "A",
                "reservation_id",
                "r",
                "original_start",
                at("10"),
                "nodes",
                1,
                "parent_type",
                "committed");
        call("clamp_spans", "occupied_reservation");
        assertThat(spans("occupied_reservation")).containsExactly("i|10T00:00|25T00:00|clipped");
    }

    @Test
    void whatIsKnownAgainstACandidateComesFirst() {
        insertChild("null:10-20", "total", "reason", "never_launched");
        insertParent("05-25");
        insertChild("06-07", "total", "nodes", null);
        database.jdbc().queryForList(CLAMP);
        assertThat(rejects()).containsExactly("child|06-07|unknown_size", "child|null:10-20|never_launched");
    }

    private void insertParent(String span) {
        String[] moments = moments(span);
        insert(
                "span",
                "count_type",
                "total",
                "source_table",
                "parent",
                "source_id",
                span,
                "entity_id",
                host(span),
                "hypervisor_hostname",
                host(span),
                "starts",
                at(moments[0]),
                "ends",
                at(moments[1]),
                "original_start",
                at(moments[0]),
                "original_end",
                at(moments[1]),
                "coerce_action",
                "none",
                "nodes",
                1,
                "vcpus",
                48,
                "project_id",
                "parents");
    }

    private void insertChild(String span, String parentType, Object... others) {
        String[] moments = moments(span);
        Object[] row = {
            "count_type",
            "reservable",
            "source_table",
            "child",
            "source_id",
            span,
            "entity_id",
            host(span) == null ? "null" : host(span),
            "hypervisor_hostname",
            host(span),
            "original_start",
            at(moments[0]),
            "original_end",
            at(moments[1]),
            "parent_type",
            parentType
        };
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("nodes", 1);
        for (int i = 0; i < row.length; i += 2) {
            values.put((String) row[i], row[i + 1]);
        }
        for (int i = 0; i < others.length; i += 2) {
            values.put((String) others[i], others[i + 1]);
        }
        insert(
                "span_candidate",
                values.entrySet().stream()
                        .flatMap(entry -> Stream.of(entry.getKey(), entry.getValue()))
                        .toArray());
    }

    private static String host(String span) {
        String host = span.contains(":") ? span.substring(0, span.indexOf(':')) : "A";
        return host.equals("null") ? null : host;
    }

    private static String[] moments(String span) {
        return span.substring(span.indexOf(':') + 1).split("-");
    }
}
