package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import org.junit.jupiter.api.Test;

class SummarizeDaysFunctionTest extends FunctionTestBase {
    @Test
    void dimensionsAndSummaryOfTheDaysAreBroughtUpToDate() {
        for (String day : new String[] {"2025-11-30", "2025-12-01"}) {
            daily("pod_usage", day, "node", "n", "namespace", "a", "pod", "p", "pod_usage_cpu_core_seconds", 3600);
            database.insert(
                    "openshift_node_day",
                    row(
                            "source",
                            source,
                            "usage_start",
                            day,
                            "node",
                            "n",
                            "capacity_cpu_core_seconds",
                            7200,
                            "capacity_memory_byte_seconds",
                            0));
        }
        assertThat(summarize("2025-11-30", "2025-12-01")).isEqualTo(2);
        assertThat(
                        database.rows(
                                "select s.usage_start, s.namespace, p.report_period_start at time zone 'UTC', s.pod_usage_cpu_core_hours::real"
                                        + " from reporting_ocpusagelineitem_daily_summary s join reporting_ocpusagereportperiod p on p.id = s.report_period_id order by 1, 2"))
                .containsExactly(
                        "2025-11-30|Worker unallocated|2025-11-01 00:00:00|1",
                        "2025-11-30|a|2025-11-01 00:00:00|1",
                        "2025-12-01|Worker unallocated|2025-12-01 00:00:00|1",
                        "2025-12-01|a|2025-12-01 00:00:00|1");
        assertThat(database.rows("select project from reporting_ocp_projects")).containsExactly("a");
        assertThat(
                        database.count(
                                "reporting_ocpusagereportperiod where summary_data_creation_datetime is not null and summary_data_updated_datetime is not null"))
                .isEqualTo(2);
    }

    @Test
    void thePeriodRemembersWhenItWasFirstSummarised() {
        summarize("2025-11-30");
        database.jdbc()
                .update(
                        "update reporting_ocpusagereportperiod set summary_data_creation_datetime = '2020-01-01', summary_data_updated_datetime = '2020-01-01'");
        summarize("2025-11-30");
        assertThat(
                        database.rows(
                                "select summary_data_creation_datetime::date, summary_data_updated_datetime = now() from reporting_ocpusagereportperiod"))
                .containsExactly("2020-01-01|t");
    }

    @Test
    void otherPeriodsAreNotTouched() {
        summarize("2025-12-01");
        database.jdbc()
                .update("update reporting_ocpusagereportperiod set summary_data_updated_datetime = '2020-01-01'");
        summarize("2025-11-30");
        assertThat(
                        database.rows(
                                "select report_period_start::date, summary_data_updated_datetime = now() from reporting_ocpusagereportperiod order by 1"))
                .containsExactly("2025-11-01|t", "2025-12-01|f");
    }

    @Test
    void noDaysAreNoWork() {
        assertThat(summarize()).isZero();
        assertThat(database.count("reporting_ocp_clusters")).isZero();
    }

    @Test
    void marksOfTheDaysGoWithThem() {
        for (String day : new String[] {"2025-11-30", "2025-12-01"}) {
            database.jdbc().queryForList("select caravan.mark_days(?, array[?::date])", source, day);
        }
        summarize("2025-11-30");
        assertThat(database.rows("select usage_start from summary_mark")).containsExactly("2025-12-01");
    }

    private int summarize(String... days) {
        return database.jdbc()
                .queryForObject(
                        "select caravan.summarize_days(?, ?::date[])",
                        Integer.class,
                        source,
                        "{" + String.join(",", days) + "}");
    }
}
