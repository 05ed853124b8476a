package dev.caravan.payload;

import dev.caravan.CaravanSettings;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.camel.Exchange;
import org.apache.camel.spi.DataFormat;
import org.apache.camel.support.service.ServiceSupport;
import org.springframework.stereotype.Component;

/**
 * Camel data format {@code fastCsv}: unmarshals a stream into a {@link CsvTable}, which is read row by row. It only reads;
 * exports are written with camel-csv.
 */
@Component("fastCsv")
public final class FastCsvDataFormat extends ServiceSupport implements DataFormat {
    private final CaravanSettings.Limits limits;

    public FastCsvDataFormat(CaravanSettings settings) {
        this.limits = settings.limits();
    }

    @Override
    public CsvTable unmarshal(Exchange exchange, InputStream stream) {
        return new CsvTable(stream, limits);
    }

    @Override
    public void marshal(Exchange exchange, Object graph, OutputStream stream) {
        throw new UnsupportedOperationException("fastCsv only reads; write CSV with camel-csv");
    }
}
