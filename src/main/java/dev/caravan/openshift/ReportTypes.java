package dev.caravan.openshift;

import dev.caravan.openshift.ReportType.Column;
import dev.caravan.openshift.ReportType.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The report types, read once from caravan.report_column. */
@Component
public final class ReportTypes {
    private final JdbcTemplate database;
    private List<ReportType> types;

    public ReportTypes(JdbcTemplate database) {
        this.database = database;
    }

    /**
     * The first type whose required columns are all in the header, in any order; columns a type does not know are ignored.
     * Names of files say nothing.
     */
    public Optional<ReportType> detect(List<String> header) {
        var names = new HashSet<>(header);
        return types().stream().filter(type -> type.matches(names)).findFirst();
    }

    private synchronized List<ReportType> types() {
        if (types == null) {
            Map<String, List<Column>> columns = new LinkedHashMap<>();
            database.query(
                    """
                    select report_type, column_name, kind, required, coalesce(max_length, 0)
                    from caravan.report_column
                    order by type_order, position
                    """,
                    row -> {
                        columns.computeIfAbsent(row.getString(1), name -> new ArrayList<>())
                                .add(new Column(
                                        row.getString(2),
                                        Kind.valueOf(row.getString(3).toUpperCase(Locale.ROOT)),
                                        row.getBoolean(4),
                                        row.getInt(5)));
                    });
            types = columns.entrySet().stream()
                    .map(type -> new ReportType(type.getKey(), List.copyOf(type.getValue())))
                    .toList();
        }
        return types;
    }
}
