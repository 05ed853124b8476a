package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import dev.caravan.database.ManifestFixture;
import org.junit.jupiter.api.Test;

class FillReportHoursFunctionTest extends FunctionTestBase {
    @Test
    void rowsOutsideTheSpanGetTheHoursOfTheirDay() {
        var manifest = new ManifestFixture(database, source, 1)
                .period("2025-11-03T00:00:00Z", "2025-11-03T23:59:59Z")
                .rows("pod_usage", "2025-11-03", 0, 4)
                .rows("pod_usage", "2025-11-04", 0, 3)
                .load();
        manifest.complete();
        database.jdbc().update("update openshift_pod_usage_line_items set reportnumhours = null");

        database.jdbc().queryForList("select caravan.fill_report_hours(?, ?, 'pod_usage')", source, manifest.uuid());

        assertThat(database.rows("select usage_start, max(reportnumhours), count(*), count(reportnumhours)"
                        + " from openshift_pod_usage_line_items group by usage_start order by usage_start"))
                .containsExactly("2025-11-03||4|0", "2025-11-04|3|3|3");
    }
}
