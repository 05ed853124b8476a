-- Purpose:   drops the partition of one month of one table of an organisation, with all its rows.
-- Arguments: p_schema: schema of a registered organisation; p_table: a partitioned table in it; p_month: any day of the
--            month, UTC.
-- Returns:   whether there was such a partition.
-- Invariant: only a partition that covers exactly [first of month, first of next month) of that table is dropped.
-- Cost:      called in a transaction of its own, which for a moment keeps everybody off the table. Whoever comes while it
--            waits for those before it waits too: so it gives up after 200 ms (55P03), and the caller tries again later.
-- Security:  definer, since the application's role owns no table; the schema is checked against the registry.
create or replace function caravan.drop_month(p_schema text, p_table text, p_month date)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_first date := date_trunc('month', p_month::timestamp)::date;
    v_next date := (date_trunc('month', p_month::timestamp) + interval '1 month')::date;
    v_parent oid;
    v_partition text;
begin
    if not exists (select from caravan.organisation where schema_name = p_schema) then
        raise exception 'schema % belongs to no registered organisation', p_schema
            using errcode = 'invalid_schema_name';
    end if;
    select c.oid into v_parent
    from pg_class c
    where c.relnamespace = p_schema::regnamespace
        and c.relname = p_table
        and c.relkind = 'p';
    if v_parent is null then
        raise exception '% is no partitioned table of schema %', p_table, p_schema
            using errcode = 'undefined_table';
    end if;

    select c.relname into v_partition
    from pg_inherits i
    join pg_class c
        on c.oid = i.inhrelid
        and c.relnamespace = p_schema::regnamespace
    where i.inhparent = v_parent
        and pg_get_expr(c.relpartbound, c.oid) = format('FOR VALUES FROM (%L) TO (%L)', v_first, v_next);
    if v_partition is null then
        return false;
    end if;

    perform set_config('lock_timeout', '200ms', true);
    execute format('alter table %1$I.%2$I detach partition %1$I.%3$I', p_schema, p_table, v_partition);
    execute format('drop table %I.%I', p_schema, v_partition);
    return true;
end
$$;
revoke all on function caravan.drop_month(text, text, date) from public;
grant execute on function caravan.drop_month(text, text, date) to "${applicationRole}";
