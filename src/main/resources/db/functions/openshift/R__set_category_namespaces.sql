-- Purpose:   puts namespaces into a cost category of the organisation whose schema comes first in the search_path, or takes
--            them out.
-- Arguments: p_category: its name, made when it is new; NULL to take out of whichever it is; p_patterns: names of namespaces,
--            % standing for any text.
-- Returns:   the patterns whose category changed.
-- Raises:    CV012 when a pattern belongs to the categories every organisation begins with.
-- Invariant: a pattern is in one category at most; a category nothing is in any more goes, but for the first one.
-- Cost:      a row a pattern.
create or replace function caravan.set_category_namespaces(p_category text, p_patterns text[])
returns text[]
language plpgsql
as $$
declare
    v_category integer;
    v_changed text[];
    v_fixed text;
begin
    perform pg_advisory_xact_lock(hashtextextended('set_category_namespaces ' || current_schema(), 0));
    select namespace into v_fixed
    from reporting_ocp_cost_category_namespace
    where namespace = any (p_patterns)
        and system_default
    limit 1;
    if v_fixed is not null then
        raise exception 'namespaces % are in a category of every organisation and stay there', v_fixed
            using errcode = 'CV012';
    end if;

    if p_category is null then
        with removed as (
            delete from reporting_ocp_cost_category_namespace
            where namespace = any (p_patterns)
            returning namespace
        )
        select array_agg(namespace order by namespace) into v_changed
        from removed;
    else
        insert into reporting_ocp_cost_category (name)
        values (p_category)
        on conflict (name) do nothing;
        select id into v_category
        from reporting_ocp_cost_category
        where name = p_category;
        with added as (
            insert into reporting_ocp_cost_category_namespace as known (namespace, cost_category_id)
            select distinct pattern, v_category
            from unnest(p_patterns) as pattern
            on conflict (namespace) do update
            set cost_category_id = excluded.cost_category_id
            where known.cost_category_id <> excluded.cost_category_id
            returning namespace
        )
        select array_agg(namespace order by namespace) into v_changed
        from added;
    end if;

    delete from reporting_ocp_cost_category c
    where not c.system_default
        and not exists (
            select
            from reporting_ocp_cost_category_namespace n
            where n.cost_category_id = c.id
        );
    return coalesce(v_changed, '{}');
end
$$;
