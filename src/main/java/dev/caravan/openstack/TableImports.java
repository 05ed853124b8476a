package dev.caravan.openstack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.CaravanSettings;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Brings the rows of a site's table into the database; import-table and replace-rows call its steps in turn. */
@Component("tableImports")
public final class TableImports {
    private static final Logger LOG = LoggerFactory.getLogger(TableImports.class);

    private final JsonMapper json = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();
    private final CaravanSettings settings;
    private final Clock clock;

    TableImports(CaravanSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Makes rows for the raw table of what was opened, which is closed with the exchange.
     *
     * @throws dev.caravan.payload.PoisonPayloadException {@code missing-column}
     */
    public void begin(
            @Body TextRows opened, @ExchangeProperty(TableImport.PROPERTY) TableImport replacement, Exchange exchange) {
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                opened.close();
            }
        });
        replacement.begin(new SiteTableRows(replacement.site().key(), replacement.table(), opened, settings.limits()));
    }

    /** The rows, to be copied. */
    public SiteTableRows rows(@ExchangeProperty(TableImport.PROPERTY) TableImport replacement) {
        return replacement.rows();
    }

    /** Named parameters of the statements around the copy; those behind it know what it brought. */
    public Map<String, Object> parameters(@ExchangeProperty(TableImport.PROPERTY) TableImport replacement)
            throws JsonProcessingException {
        SiteTableRows rows = replacement.rows();
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("site", replacement.site().key());
        parameters.put("name", replacement.site().name());
        parameters.put("table", replacement.table().title());
        parameters.put("origin", replacement.origin());
        parameters.put("lockWait", (int) settings.database().lockWait().toSeconds());
        parameters.put("importedAt", clock.instant().toString());
        parameters.put("stored", rows.stored());
        parameters.put("rejected", rows.rejected());
        parameters.put("rejects", json.writeValueAsString(rows.rejects()));
        return parameters;
    }

    /** Says what was stored, after the commit. */
    public void report(@ExchangeProperty(TableImport.PROPERTY) TableImport replacement) {
        TableOutcome outcome = replacement.outcome();
        String line = "IMPORTED %s of site %s from %s: rows=%d rejected=%d"
                .formatted(
                        outcome.table().title(),
                        replacement.site().key(),
                        outcome.origin(),
                        outcome.rowsStored(),
                        outcome.rowsRejected());
        if (outcome.rowsRejected() > 0) {
            LOG.warn("{}; openstack.row_reject says why", line);
        } else {
            LOG.info("{}", line);
        }
    }
}
