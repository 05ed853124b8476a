package dev.caravan.openstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListUsageFunctionTest extends SiteFunctionTestBase {
    @Test
    void a1a2a4everyKindHasARowAtEveryMomentAndKeepsItsLastCount() {
        change("total", "01", 10);
        change("reservable", "03", 30);
        assertThat(list("01", "04", null, "last", "total", "reservable"))
                .containsExactly("01 reservable 0", "01 total 10", "03 reservable 30", "03 total 10");
    }

    @Test
    void a3a6beforeItsFirstChangeACountIsNothing() {
        change("total", "01", 10);
        change("total", "02", 20);
        change("reservable", "02", 100);
        assertThat(list("01", "04", null, "last", "total", "reservable"))
                .containsExactly("01 reservable 0", "01 total 10", "02 reservable 100", "02 total 20");
    }

    @Test
    void a5allAmountsOfAKindAreThereAtEveryMoment() {
        insert(
                "usage_change",
                "collector_type",
                "current",
                "count_type",
                "total",
                "changed_at",
                at("01"),
                "nodes",
                1,
                "vcpus",
                10);
        insert(
                "usage_change",
                "collector_type",
                "current",
                "count_type",
                "total",
                "changed_at",
                at("02"),
                "nodes",
                1,
                "vcpus",
                10,
                "memory_mb",
                20);
        assertThat(database.rows(
                        "select to_char(\"timestamp\" at time zone 'UTC', 'DD'), resource, value from"
                                + " caravan.list_usage(?, cast(? as timestamptz), cast(? as timestamptz), null, 'last')"
                                + " where resource in ('vcpus', 'memory_mb') order by 1, 2",
                        SITE,
                        at("01"),
                        at("03")))
                .containsExactly("01|memory_mb|0", "01|vcpus|10", "02|memory_mb|20", "02|vcpus|10");
    }

    @Test
    void c1changesBeforeTheWindowOpenItAndThoseAfterItDoNotShow() {
        for (String day : List.of("01", "02", "03", "05")) {
            change("total", day, Integer.parseInt(day));
        }
        assertThat(list("02", "04", null, "last", "total")).containsExactly("02 total 2", "03 total 3");
        assertThat(list("04", "05", null, "last", "total")).containsExactly("04 total 3");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = ';',
            value = {
                "R1; 01T12:00; 01 total 0, 02 total 10, 03 total 10",
                "R2; 02; 01 total 0, 02 total 10, 03 total 10"
            })
    void aBucketTellsTheCountAtItsBeginning(String name, String changed, String counts) {
        change("total", changed, 10);
        assertThat(list("01", "04", "1 day", "last", "total")).containsExactly(counts.split(", "));
    }

    @Test
    void m1m2whatIsAvailableIsReckonedForEachResource() {
        insert(
                "usage_change",
                "collector_type",
                "current",
                "count_type",
                "reservable",
                "changed_at",
                at("01"),
                "nodes",
                0,
                "vcpus",
                10,
                "memory_mb",
                100);
        insert(
                "usage_change",
                "collector_type",
                "current",
                "count_type",
                "committed",
                "changed_at",
                at("01"),
                "nodes",
                0,
                "vcpus",
                3,
                "memory_mb",
                40);
        assertThat(database.rows("select resource, value from caravan.list_usage('" + SITE
                        + "', '2024-01-01Z', '2024-01-02Z', '1 day', 'last') where metric = 'available_reservable'"
                        + " and resource in ('vcpus', 'memory_mb') order by 1"))
                .containsExactly("memory_mb|60", "vcpus|7");
    }

    @Test
    void i2whatCannotBeDerivedIsNotThere() {
        change("reservable", "01", 3);
        change("committed", "01", 2);
        assertThat(list("01", "02", "1 day", "last"))
                .containsExactly("01 available_reservable 1", "01 committed 2", "01 reservable 3");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = ';',
            value = {
                "an hour of a hundred; 01T00:00 1, 01T23:00 100; 01 total 5.125",
                "one count for three days; 01 10; 01 total 10, 02 total 10, 03 total 10",
                "weighted from its first change on; 01T18:00 1, 02T06:00 2; 01 total 1, 02 total 1.75",
                "unknown before; 03 10; 01 total null, 02 total null, 03 total 10",
                "half and half; 01T00:00 10, 01T12:00 20; 01 total 15"
            })
    void aMeanWeighsEveryCountByItsTime(String name, String changes, String means) {
        for (String change : changes.split(", ")) {
            change("total", change.split(" ")[0], Integer.parseInt(change.split(" ")[1]));
        }
        String end = "0"
                + (Integer.parseInt(means.substring(means.lastIndexOf(", ") + 1)
                                .strip()
                                .substring(0, 2))
                        + 1);
        assertThat(list("01", end, "1 day", "mean", "total")).containsExactly(means.split(", "));
    }

    @Test
    void meansOfTwoKindsOverThreeDaysAreSixRows() {
        change("total", "01", 10);
        change("reservable", "01", 20);
        assertThat(list("01", "04", "1 day", "mean", "total", "reservable")).hasSize(6);
    }

    @Test
    void aCountFromBeforeTheWindowIsWeighedInIt() {
        change("total", "01", 10);
        change("total", "05T12:00", 20);
        assertThat(list("05", "07", "1 day", "mean", "total")).containsExactly("05 total 15", "06 total 20");
        assertThat(list("05", "07", "2 days", "mean", "total")).containsExactly("05 total 17.5");
        assertThat(list("05", "06T12:00", "1 day", "mean", "total")).containsExactly("05 total 15", "06 total 20");
    }

    @Test
    void theFormerReportsTellSixCountsOfNodes() {
        for (List<Object> count : List.<List<Object>>of(
                List.of("total", 12),
                List.of("reservable", 11),
                List.of("committed", 7),
                List.of("occupied_reservation", 5))) {
            insert(
                    "usage_change",
                    "collector_type",
                    "legacy",
                    "count_type",
                    count.get(0),
                    "changed_at",
                    at("01"),
                    "nodes",
                    count.get(1));
        }
        assertThat(list("01", "02", "1 day", "last"))
                .containsExactly(
                        "01 available_reservable 4",
                        "01 committed 7",
                        "01 idle 2",
                        "01 occupied_reservation 5",
                        "01 reservable 11",
                        "01 total 12");
        assertThat(database.rows("select distinct resource from caravan.list_usage('" + SITE
                        + "', '2024-01-01Z', '2024-01-02Z', '1 day', 'last')"))
                .containsExactly("nodes");
    }

    @Test
    void k3aModeThatIsNoneIsRefusedWithThoseThereAre() {
        change("total", "01", 1);
        assertThatThrownBy(() -> list("01", "02", "1 day", "median", "total"))
                .rootCause()
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("a timeline is last or, with buckets, mean; not median");
    }

    @Test
    void tenYearsAreAsManyDaysAsThereAre() {
        change("total", "01", 1);
        assertThat(database.rows("select metric, count(*), min(\"timestamp\") = '2016-01-01Z',"
                        + " max(\"timestamp\") = '2025-12-31Z' from caravan.list_usage('" + SITE
                        + "', '2016-01-01Z', '2026-01-01Z', '1 day', 'last') where resource = 'nodes' group by 1"))
                .containsExactly("total|3653|t|t");
    }

    private void change(String kind, String moment, double nodes) {
        insert(
                "usage_change",
                "collector_type",
                "current",
                "count_type",
                kind,
                "changed_at",
                at(moment),
                "nodes",
                nodes);
    }

    private List<String> list(String from, String to, String bucket, String mode, String... kinds) {
        return database.rows(
                "select to_char(\"timestamp\" at time zone 'UTC', 'DD') || ' ' || metric || ' ' || coalesce(value::text,"
                        + " 'null') from caravan.list_usage(?, cast(? as timestamptz), cast(? as timestamptz),"
                        + " cast(? as interval), ?) where resource = 'nodes' and (metric = any (?) or cardinality(?) = 0)"
                        + " order by 1",
                SITE,
                at(from),
                at(to),
                bucket,
                mode,
                kinds,
                kinds);
    }
}
