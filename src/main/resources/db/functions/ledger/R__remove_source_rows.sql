-- Purpose:   deletes a bounded part of a source's rows of one table.
-- Arguments: p_source; p_table: one that find_source_tables names; p_limit: rows at most, for tables without partitions.
-- Returns:   the number of rows deleted; 0 when there is nothing left.
-- Rule:      of hourly rows those of a file go, of other partitioned tables the oldest day, of others p_limit rows. With claims go the messages of their
--            payloads that were carried out.
-- Invariant: rows of other sources stay; the caller holds the source's lock.
-- Cost:      one file or one day of one source, found by index, or p_limit rows.
create or replace function caravan.remove_source_rows(p_source uuid, p_table text, p_limit integer)
returns bigint
language plpgsql
as $$
declare
    v_column text;
    v_is_text boolean;
    v_partitioned boolean;
    v_owner uuid := p_source;
    v_file bigint;
    v_day date;
    v_payloads text[];
    v_rows bigint;
begin
    select a.attname, a.atttypid = 'text'::regtype, c.relkind = 'p'
    into strict v_column, v_is_text, v_partitioned
    from pg_class c
    join pg_namespace n
        on n.oid = c.relnamespace
    join pg_attribute a
        on a.attrelid = c.oid
        and a.attnum > 0
        and not a.attisdropped
    where n.nspname = current_schema()
        and c.relname = p_table
        and (
            a.attname in ('source', 'source_uuid', 'provider_id')
            or (a.attname = 'cluster_id' and a.atttypid = 'uuid'::regtype)
            or (a.attname = 'manifest_file' and c.relkind = 'p')
        )
    order by array_position(
        array['source', 'source_uuid', 'provider_id', 'cluster_id', 'manifest_file'], a.attname::text)
    limit 1;
    if v_column = 'cluster_id' then
        select uuid into v_owner
        from reporting_ocp_clusters
        where provider_id = p_source;
    end if;

    if p_table = 'payload_claim' then
        v_payloads := array(select sha256 from payload_claim where source = p_source limit p_limit);
        delete from outbox
        where coalesce(sha256, '') = any (v_payloads)
            and sent_at is not null;
        delete from payload_claim
        where source = p_source
            and sha256 = any (v_payloads);
    elsif v_column = 'manifest_file' then
        execute format(
            'select f.manifest_file
            from manifest_file f
            where f.source = $1
                and $2 = format(''openshift_%%s_hours'', f.report_type)
                and exists (select from %I h where h.manifest_file = f.manifest_file)
            order by f.manifest_file
            limit 1',
            p_table
        )
        into v_file
        using p_source, p_table;
        execute format('delete from %I where manifest_file = $1', p_table)
        using v_file;
    elsif v_partitioned then
        execute format('select min(usage_start) from %I where %I = $1::%s',
            p_table, v_column, case when v_is_text then 'text' else 'uuid' end)
        into v_day
        using v_owner;
        execute format('delete from %I where %I = $1::%s and usage_start = $2',
            p_table, v_column, case when v_is_text then 'text' else 'uuid' end)
        using v_owner, v_day;
    else
        execute format('delete from %1$I where ctid = any (array(select ctid from %1$I where %2$I = $1::%3$s limit $2))',
            p_table, v_column, case when v_is_text then 'text' else 'uuid' end)
        using v_owner, p_limit;
    end if;
    get diagnostics v_rows = row_count;
    return v_rows;
end
$$;
