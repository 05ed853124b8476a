package dev.caravan.payload;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * What became of one member of a payload, in the shape the stored function record_reports reads.
 *
 * @param manifestFile its number in the ledger
 * @param reportType null when no type fits its header
 * @param status loaded, empty, unknown-type or rejected-all
 * @param rowsRead as the CSV reader counted them: each was loaded or rejected
 */
public record StagedReport(
        @JsonProperty("manifest_file") long manifestFile,
        @JsonProperty("report_type") String reportType,
        String status,
        @JsonProperty("rows_read") long rowsRead,
        @JsonProperty("rows_loaded") long rowsLoaded,
        @JsonProperty("rows_rejected") long rowsRejected,
        List<Day> days,
        List<Reject> rejects) {

    /**
     * What a UTC day brought.
     *
     * @param intervals distinct interval starts of its accepted rows, ISO, UTC
     */
    public record Day(String day, long rows, List<String> intervals) {}

    /**
     * A row that was refused.
     *
     * @param line in the file, the header being line 1
     * @param columnName null when the whole row is at fault
     * @param value the offending text, shortened; null when there is none
     */
    public record Reject(long line, @JsonProperty("column_name") String columnName, String reason, String value) {}
}
