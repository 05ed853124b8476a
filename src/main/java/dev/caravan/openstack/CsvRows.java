package dev.caravan.openstack;

import de.siegmar.fastcsv.reader.CsvRecord;
import dev.caravan.payload.CsvTable;
import java.util.List;

/** Rows of a CSV file. */
final class CsvRows implements TextRows {
    private final CsvTable table;
    private CsvRecord record;

    CsvRows(CsvTable table) {
        this.table = table;
    }

    @Override
    public List<String> header() {
        return table.header();
    }

    @Override
    public boolean next() {
        if (!table.hasNext()) {
            return false;
        }
        record = table.next();
        return true;
    }

    @Override
    public int fieldCount() {
        return record.getFieldCount();
    }

    @Override
    public String field(int position) {
        return record.getField(position);
    }

    /** The bytes belong to whoever opened them. */
    @Override
    public void close() {}
}
