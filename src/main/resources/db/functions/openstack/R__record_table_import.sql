-- Purpose:   writes down that a site's rows of one table were replaced.
-- Arguments: p_site; p_name: how the site is called in charts, NULL for as before, or by its key; p_table_name: schema and
--            table as the site calls them, such as nova.instances; p_imported_at: UTC; p_origin: file, object or database;
--            p_rows_stored, p_rows_rejected: rows that could be stored, and that could not; p_rejects: array of
--            {row_number, reason, column_name}, the first of those that could not.
-- Returns:   nothing.
-- Invariant: rows read = rows stored + rows rejected; what is said of an earlier import of the table is gone. By this server's
--            clock, which tells when timelines were built too, the site was imported just now.
-- Cost:      one row, and one a reject that is kept.
create or replace function caravan.record_table_import(
    p_site text,
    p_name text,
    p_table_name text,
    p_imported_at timestamptz,
    p_origin text,
    p_rows_stored bigint,
    p_rows_rejected bigint,
    p_rejects jsonb
)
returns void
language plpgsql
as $$
begin
    insert into openstack.site as known (site, name, imported_at)
    values (p_site, coalesce(p_name, p_site), clock_timestamp())
    on conflict (site) do update
    set name = coalesce(p_name, known.name),
        imported_at = excluded.imported_at;

    insert into openstack.table_import
        (site, table_name, imported_at, origin, rows_read, rows_stored, rows_rejected)
    values (p_site, p_table_name, p_imported_at, p_origin, p_rows_stored + p_rows_rejected, p_rows_stored, p_rows_rejected)
    on conflict (site, table_name) do update
    set imported_at = excluded.imported_at,
        origin = excluded.origin,
        rows_read = excluded.rows_read,
        rows_stored = excluded.rows_stored,
        rows_rejected = excluded.rows_rejected;

    delete from openstack.row_reject
    where site = p_site
        and table_name = p_table_name;

    insert into openstack.row_reject (site, table_name, row_number, reason, column_name)
    select p_site, p_table_name, r.row_number, r.reason, r.column_name
    from jsonb_to_recordset(p_rejects) r(row_number bigint, reason text, column_name text);
end
$$;
