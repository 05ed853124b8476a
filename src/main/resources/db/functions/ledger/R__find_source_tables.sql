-- Purpose:   finds the tables of an organisation that hold rows of a source, in the order in which they are to be emptied.
-- Arguments: none; the organisation's schema comes first in the search_path.
-- Returns:   names of tables, partitions not among them: partitioned ones, the ledger and dimensions, clusters at last.
-- Rule:      a row is a source's by the first of its columns source, source_uuid, provider_id, else by cluster_id, where
--            that refers to reporting_ocp_clusters, and hourly rows by the file they came from.
-- Invariant: reads the catalogue only, so that a table made later is found too.
-- Cost:      one look at the catalogue.
create or replace function caravan.find_source_tables()
returns table (table_name text)
language plpgsql
stable
as $$
begin
    return query
    select c.relname::text
    from pg_class c
    join pg_namespace n
        on n.oid = c.relnamespace
    where n.nspname = current_schema()
        and c.relkind in ('r', 'p')
        and not c.relispartition
        and exists (
            select
            from pg_attribute a
            where a.attrelid = c.oid
                and a.attnum > 0
                and not a.attisdropped
                and (
                    a.attname in ('source', 'source_uuid', 'provider_id')
                    or (a.attname = 'cluster_id' and a.atttypid = 'uuid'::regtype)
                    or (a.attname = 'manifest_file' and c.relkind = 'p')
                )
        )
    order by c.relkind = 'r', c.relname = 'reporting_ocp_clusters', c.relname;
end
$$;
