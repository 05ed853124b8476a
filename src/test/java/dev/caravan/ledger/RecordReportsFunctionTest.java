package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RecordReportsFunctionTest extends FunctionTestBase {
    private long first;
    private long second;

    @BeforeEach
    void claimTwoMembers() {
        first = member("a.csv");
        second = member("b.csv");
    }

    @Test
    void whatAMemberBroughtIsOnRecord() {
        record(
                """
                [{"manifest_file": %d, "report_type": "pod_usage", "status": "loaded", "rows_read": 14, "rows_rejected": 2,
                  "days": [{"day": "2025-11-03", "rows": 5, "intervals": ["2025-11-03T22:00:00Z", "2025-11-03T23:00:00Z"]},
                           {"day": "2025-11-04", "rows": 7, "intervals": ["2025-11-04T00:00:00Z"]}],
                  "rejects": [{"line": 3, "column_name": "pod", "reason": "text-too-long", "value": "x"},
                              {"line": 9, "column_name": null, "reason": "too-many-fields", "value": null}]}]
                """
                        .formatted(first));
        assertThat(database.rows(
                        "select report_type, status, rows_read, rows_loaded, rows_rejected, completed_at is not null from manifest_file where manifest_file = ?",
                        first))
                .containsExactly("pod_usage|loaded|14|12|2|t");
        assertThat(database.rows(
                        "select usage_start, rows_loaded, interval_starts from manifest_file_day where manifest_file = ? order by 1",
                        first))
                .containsExactly(
                        "2025-11-03|5|{\"2025-11-03 22:00:00+00\",\"2025-11-03 23:00:00+00\"}",
                        "2025-11-04|7|{\"2025-11-04 00:00:00+00\"}");
        assertThat(database.rows(
                        "select line, column_name, reason, value from row_reject where manifest_file = ? order by 1",
                        first))
                .containsExactly("3|pod|text-too-long|x", "9||too-many-fields|");
    }

    @Test
    void otherMembersAreLeftAlone() {
        record(
                "[{\"manifest_file\": %d, \"report_type\": null, \"status\": \"empty\", \"rows_read\": 0, \"rows_rejected\": 0, \"days\": [], \"rejects\": []}]"
                        .formatted(first));
        assertThat(database.rows("select status, completed_at from manifest_file where manifest_file = ?", second))
                .containsExactly("claimed|");
    }

    @Test
    void emptyUnknownAndRejectedFilesAreRecordedWithoutDays() {
        record(
                """
                [{"manifest_file": %d, "report_type": null, "status": "unknown-type", "rows_read": 0, "rows_rejected": 0, "days": [], "rejects": []},
                 {"manifest_file": %d, "report_type": "vm_usage", "status": "rejected-all", "rows_read": 4000, "rows_rejected": 4000, "days": [],
                  "rejects": [{"line": 2, "column_name": "node", "reason": "nul-character", "value": ""}]}]
                """
                        .formatted(first, second));
        assertThat(database.rows(
                        "select report_type, status, rows_loaded, rows_rejected, completed_at is not null from manifest_file where source = ? order by name",
                        source))
                .containsExactly("|unknown-type|0|0|t", "vm_usage|rejected-all|0|4000|t");
        assertThat(database.count("manifest_file_day where manifest_file in (?, ?)", first, second))
                .isZero();
        assertThat(database.count("row_reject where manifest_file = ?", second)).isOne();
    }

    @Test
    void noReportsAreNoWork() {
        record("[]");
        assertThat(database.count("manifest_file where source = ? and completed_at is not null", source))
                .isZero();
    }

    @Test
    void aStatusNobodyKnowsIsRefused() throws Exception {
        assertThat(database.stateOf(
                        "select caravan.record_reports(?::jsonb)",
                        "[{\"manifest_file\": %d, \"status\": \"odd\", \"rows_read\": 0, \"rows_rejected\": 0, \"days\": [], \"rejects\": []}]"
                                .formatted(first)))
                .isEqualTo("23514");
    }

    private void record(String reports) {
        database.jdbc().queryForList("select caravan.record_reports(?::jsonb)", reports);
    }

    private long member(String name) {
        return database.jdbc()
                .queryForObject(
                        "insert into manifest_file (source, manifest_uuid, name, sha256, payload_sha256, size_bytes, role)"
                                + " values (?, '0f1c2d3e-4a5b-4c6d-8e7f-001122334455', ?, 'x', 'y', 1, 'report') returning manifest_file",
                        Long.class,
                        source,
                        name);
    }
}
