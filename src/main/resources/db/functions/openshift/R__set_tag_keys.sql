-- Purpose:   enables or disables label keys of the organisation whose schema comes first in the search_path.
-- Arguments: p_keys: label keys; p_enabled: the state they shall have.
-- Returns:   the keys that were not in that state before.
-- Invariant: a key is enabled whether or not it was met before; one that was never met is not disabled. Changes of one
--            organisation's keys wait for each other until commit, so that a caller may count what is enabled.
-- Cost:      a row a key.
create or replace function caravan.set_tag_keys(p_keys text[], p_enabled boolean)
returns text[]
language plpgsql
as $$
declare
    v_changed text[];
begin
    perform pg_advisory_xact_lock(hashtextextended('set_tag_keys ' || current_schema(), 0));
    if p_enabled then
        with changed as (
            insert into reporting_enabledtagkeys as known (key, enabled, provider_type)
            select distinct key, true, 'OCP'
            from unnest(p_keys) as key
            on conflict (key, provider_type) do update
            set enabled = true
            where not known.enabled
            returning key
        )
        select array_agg(key) into v_changed
        from changed;
    else
        with changed as (
            update reporting_enabledtagkeys
            set enabled = false
            where key = any (p_keys)
                and provider_type = 'OCP'
                and enabled
            returning key
        )
        select array_agg(key) into v_changed
        from changed;
    end if;
    return coalesce(v_changed, '{}');
end
$$;
