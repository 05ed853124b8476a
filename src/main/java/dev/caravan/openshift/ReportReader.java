package dev.caravan.openshift;

import dev.caravan.CaravanSettings;
import dev.caravan.ledger.Retention;
import dev.caravan.payload.CsvTable;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.Member;
import dev.caravan.payload.StagedReport;
import java.util.List;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.springframework.stereotype.Component;

/** Turns members of a payload into rows for their staging tables; stage-report calls its steps in turn. */
@Component("reportReader")
public final class ReportReader {
    private final ReportTypes types;
    private final Retention retention;
    private final CaravanSettings.Limits limits;

    public ReportReader(ReportTypes types, Retention retention, CaravanSettings settings) {
        this.types = types;
        this.retention = retention;
        this.limits = settings.limits();
    }

    /** The ledger's number of the member the split stands at; null when it is not to be loaded. */
    public Long claimedNumber(
            @Header(Exchange.FILE_NAME) String entry, @ExchangeProperty(Delivery.PROPERTY) Delivery delivery) {
        return delivery.membersToLoad().get(Member.nameOf(entry));
    }

    /** The rows of a CSV whose header fits a report type; null when none does. */
    public ReportRows read(
            @Body CsvTable table,
            @ExchangeProperty(Delivery.PROPERTY) Delivery delivery,
            @ExchangeProperty("manifestFile") Long manifestFile) {
        return types.detect(table.header())
                .map(type -> new ReportRows(type, table, delivery, manifestFile, retention, limits))
                .orElse(null);
    }

    /** Sums up a member after its rows were copied. */
    public void finish(
            @ExchangeProperty("rows") ReportRows rows,
            @ExchangeProperty("table") CsvTable table,
            @ExchangeProperty(Delivery.PROPERTY) Delivery delivery,
            @ExchangeProperty("manifestFile") Long manifestFile) {
        if (rows == null) {
            String status = table.header().isEmpty() ? "empty" : "unknown-type";
            delivery.staged(new StagedReport(manifestFile, null, status, 0, 0, 0, List.of(), List.of()));
        } else {
            delivery.staged(rows.summary());
        }
    }
}
