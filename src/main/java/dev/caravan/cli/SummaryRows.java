package dev.caravan.cli;

import dev.caravan.SpreadsheetText;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.UUID;

/**
 * The rows of the daily summary as texts, read through a cursor a day at a time, so that no statement sorts more than one
 * day. The connection is in a transaction whose search_path begins with the organisation's schema.
 */
final class SummaryRows implements Iterator<List<String>>, AutoCloseable {
    /** Rows fetched in one go. */
    private static final int FETCH_SIZE = 500;

    private static final String DAYS =
            """
            select distinct usage_start
            from day_delivery
            where source = any (?)
                and usage_start between ? and ?
            order by usage_start
            """;
    private static final String ROWS =
            """
            select report_period_id, cost_category_id, cluster_id, cluster_alias, data_source, namespace, node, resource_id,
                usage_start, usage_end, pod_labels,
                pod_usage_cpu_core_hours, pod_request_cpu_core_hours, pod_effective_usage_cpu_core_hours,
                pod_limit_cpu_core_hours, pod_usage_memory_gigabyte_hours, pod_request_memory_gigabyte_hours,
                pod_effective_usage_memory_gigabyte_hours, pod_limit_memory_gigabyte_hours,
                node_capacity_cpu_cores, node_capacity_cpu_core_hours, node_capacity_memory_gigabytes,
                node_capacity_memory_gigabyte_hours, cluster_capacity_cpu_core_hours,
                cluster_capacity_memory_gigabyte_hours,
                persistentvolumeclaim, persistentvolume, storageclass, volume_labels, all_labels,
                persistentvolumeclaim_capacity_gigabyte, persistentvolumeclaim_capacity_gigabyte_months,
                volume_request_storage_gigabyte_months, persistentvolumeclaim_usage_gigabyte_months,
                infrastructure_raw_cost, infrastructure_project_raw_cost, infrastructure_data_in_gigabytes,
                infrastructure_data_out_gigabytes, infrastructure_markup_cost, infrastructure_project_markup_cost,
                infrastructure_monthly_cost, supplementary_monthly_cost, cost_model_cpu_cost, cost_model_memory_cost,
                cost_model_volume_cost, cost_model_gpu_cost, distributed_cost, infrastructure_usage_cost,
                infrastructure_monthly_cost_json, infrastructure_project_monthly_cost, supplementary_usage_cost,
                supplementary_monthly_cost_json, supplementary_project_monthly_cost, cost_model_rate_type,
                monthly_cost_type, source_uuid, raw_currency
            from reporting_ocpusagelineitem_daily_summary
            where source_uuid = any (?)
                and usage_start = ?
            order by cluster_id, data_source, namespace, node, persistentvolume, persistentvolumeclaim, pod_labels, uuid
            """;

    private final PreparedStatement statement;
    private final Queue<LocalDate> days = new ArrayDeque<>();
    private final List<String> header = new ArrayList<>();
    private final List<Boolean> texts = new ArrayList<>();
    private ResultSet rows;
    private boolean hasRow;
    private long count;

    SummaryRows(Connection connection, List<UUID> sources, LocalDate from, LocalDate to) throws SQLException {
        var wanted = connection.createArrayOf("uuid", sources.toArray());
        try (var find = connection.prepareStatement(DAYS)) {
            find.setArray(1, wanted);
            find.setObject(2, from);
            find.setObject(3, to);
            try (ResultSet found = find.executeQuery()) {
                while (found.next()) {
                    days.add(found.getObject(1, LocalDate.class));
                }
            }
        }
        statement = connection.prepareStatement(ROWS);
        statement.setFetchSize(FETCH_SIZE);
        statement.setArray(1, wanted);
        ResultSetMetaData columns = statement.getMetaData();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            header.add(columns.getColumnLabel(i));
            texts.add(isText(columns.getColumnType(i)));
        }
        advance();
    }

    List<String> header() {
        return header;
    }

    /** Rows given out so far. */
    long count() {
        return count;
    }

    @Override
    public boolean hasNext() {
        return hasRow;
    }

    /** A row in the order of the header; null where there is no value. */
    @Override
    public List<String> next() {
        if (!hasRow) {
            throw new NoSuchElementException();
        }
        try {
            List<String> row = new ArrayList<>(header.size());
            for (int i = 0; i < header.size(); i++) {
                String cell = rows.getString(i + 1);
                row.add(texts.get(i) ? SpreadsheetText.of(cell) : cell);
            }
            count++;
            advance();
            return row;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws SQLException {
        statement.close();
    }

    private void advance() throws SQLException {
        hasRow = rows != null && rows.next();
        while (!hasRow && !days.isEmpty()) {
            statement.setObject(2, days.remove());
            rows = statement.executeQuery();
            hasRow = rows.next();
        }
    }

    private static boolean isText(int type) {
        return switch (type) {
            case Types.NUMERIC, Types.DOUBLE, Types.BIGINT, Types.INTEGER, Types.DATE -> false;
            default -> true;
        };
    }
}
