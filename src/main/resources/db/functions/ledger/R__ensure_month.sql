-- Purpose:   makes the partitions of one month in every partitioned table of an organisation.
-- Arguments: p_schema: schema of a registered organisation; p_month: any day of the month, UTC.
-- Returns:   the number of partitions made; 0 when the month was there.
-- Invariant: each partition covers [first of month, first of next month) and nothing else holds rows of that month.
-- Cost:      called in a transaction of its own: a table is made like its parent and then attached, which blocks
--            neither readers nor loaders; a lock not had within 2 s ends the call (55P03) and the caller tries again.
-- Security:  definer, since the application's role owns no table; the schema is checked against the registry.
create or replace function caravan.ensure_month(p_schema text, p_month date)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_first date := date_trunc('month', p_month::timestamp)::date;
    v_next date := (date_trunc('month', p_month::timestamp) + interval '1 month')::date;
    v_parent record;
    v_partition text;
    v_made integer := 0;
begin
    if not exists (select from caravan.organisation where schema_name = p_schema) then
        raise exception 'schema % belongs to no registered organisation', p_schema
            using errcode = 'invalid_schema_name';
    end if;
    perform set_config('lock_timeout', '2s', true);
    perform pg_advisory_xact_lock(hashtextextended('ensure_month ' || p_schema, 0));
    for v_parent in
        select c.oid, c.relname
        from pg_class c
        where c.relnamespace = p_schema::regnamespace
            and c.relkind = 'p'
        order by c.relname
    loop
        v_partition := v_parent.relname || to_char(v_first, '_YYYY_MM');
        if to_regclass(format('%I.%I', p_schema, v_partition)) is not null then
            continue;
        end if;
        execute format(
            'create table %1$I.%2$I (like %1$I.%3$I including defaults including constraints including indexes)',
            p_schema, v_partition, v_parent.relname
        );
        execute format(
            'alter table %1$I.%3$I attach partition %1$I.%2$I for values from (%4$L) to (%5$L)',
            p_schema, v_partition, v_parent.relname, v_first, v_next
        );
        v_made := v_made + 1;
    end loop;
    return v_made;
end
$$;
revoke all on function caravan.ensure_month(text, date) from public;
grant execute on function caravan.ensure_month(text, date) to "${applicationRole}";
