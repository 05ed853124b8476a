-- Purpose:   writes down what the members of a payload brought, counted while they were read.
-- Arguments: p_reports: array of {manifest_file, report_type, status, rows_read, rows_rejected, days, rejects}; report_type is NULL
--            when unknown; status is loaded, empty, unknown-type or rejected-all; days is an array of {day, rows,
--            intervals}, intervals being the distinct interval starts of the accepted rows; rejects is an array of {line,
--            column_name, reason, value}, the first ones of the file.
-- Returns:   nothing.
-- Invariant: rows in a file = rows_loaded + rows_rejected.
-- Cost:      one row a file and day, and one a reject that is kept.
create or replace function caravan.record_reports(p_reports jsonb)
returns void
language plpgsql
as $$
begin
    insert into manifest_file_day (manifest_file, usage_start, rows_loaded, interval_starts)
    select r.manifest_file, d.day, d.rows, d.intervals
    from jsonb_to_recordset(p_reports) r(manifest_file bigint, days jsonb)
    cross join jsonb_to_recordset(r.days) d(day date, rows bigint, intervals timestamptz[]);

    insert into row_reject (manifest_file, line, column_name, reason, value)
    select r.manifest_file, j.line, j.column_name, j.reason, j.value
    from jsonb_to_recordset(p_reports) r(manifest_file bigint, rejects jsonb)
    cross join jsonb_to_recordset(r.rejects) j(line bigint, column_name text, reason text, value text)
    on conflict (manifest_file, line) do nothing;

    update manifest_file f
    set report_type = r.report_type,
        status = r.status,
        rows_read = r.rows_read,
        rows_loaded = coalesce((select sum((d ->> 'rows')::bigint) from jsonb_array_elements(r.days) d), 0),
        rows_rejected = r.rows_rejected,
        completed_at = now()
    from jsonb_to_recordset(p_reports)
        r(manifest_file bigint, report_type text, status text, rows_read bigint, rows_rejected bigint, days jsonb)
    where f.manifest_file = r.manifest_file;
end
$$;
