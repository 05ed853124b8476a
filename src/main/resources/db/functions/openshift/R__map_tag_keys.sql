-- Purpose:   has label keys of the organisation whose schema comes first in the search_path stand under another one's name.
-- Arguments: p_parent: the key to show, NULL to show the children under their own names again; p_children.
-- Returns:   the children whose mapping changed.
-- Raises:    CV010 when one of the keys is not enabled; CV011 when a parent would have a parent itself.
-- Invariant: mappings are one deep; changes of one organisation's keys wait for each other until commit.
-- Cost:      a row a key.
create or replace function caravan.map_tag_keys(p_parent text, p_children text[])
returns text[]
language plpgsql
as $$
declare
    v_parent uuid;
    v_problem text;
    v_changed text[];
begin
    perform pg_advisory_xact_lock(hashtextextended('set_tag_keys ' || current_schema(), 0));
    if p_parent is null then
        with unmapped as (
            delete from reporting_tagmapping m
            using reporting_enabledtagkeys child
            where child.uuid = m.child_id
                and child.key = any (p_children)
            returning child.key
        )
        select array_agg(key order by key) into v_changed
        from unmapped;
        return coalesce(v_changed, '{}');
    end if;

    select key into v_problem
    from unnest(p_children || p_parent) as key
    where not exists (
        select
        from reporting_enabledtagkeys k
        where k.key = key.key
            and k.provider_type = 'OCP'
            and k.enabled
    )
    limit 1;
    if v_problem is not null then
        raise exception 'label key % is not enabled: enable it first with `tags enable`', v_problem
            using errcode = 'CV010';
    end if;
    select uuid into v_parent
    from reporting_enabledtagkeys
    where key = p_parent
        and provider_type = 'OCP';

    if p_parent = any (p_children) then
        v_problem := p_parent;
    else
        select k.key into v_problem
        from reporting_tagmapping m
        join reporting_enabledtagkeys k
            on (k.uuid = m.child_id and k.key = p_parent)
            or (k.uuid = m.parent_id and k.key = any (p_children))
        limit 1;
    end if;
    if v_problem is not null then
        raise exception 'label key % would be both parent and child: see `tags list`, and take it apart with `tags unmap`',
            v_problem
            using errcode = 'CV011';
    end if;

    with mapped as (
        insert into reporting_tagmapping as known (parent_id, child_id)
        select v_parent, k.uuid
        from reporting_enabledtagkeys k
        where k.key = any (p_children)
            and k.provider_type = 'OCP'
        on conflict (child_id) do update
        set parent_id = excluded.parent_id
        where known.parent_id <> excluded.parent_id
        returning child_id
    )
    select array_agg(k.key order by k.key) into v_changed
    from mapped
    join reporting_enabledtagkeys k
        on k.uuid = mapped.child_id;
    return coalesce(v_changed, '{}');
end
$$;
