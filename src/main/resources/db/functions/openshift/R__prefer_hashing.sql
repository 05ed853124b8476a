-- Purpose:   has the planner hash, in this transaction, where it would otherwise sort or loop, and keep its plans.
-- Returns:   nothing.
-- Rule:      a month just made has no statistics, and a materialised step never has any: the planner takes each of them for
--            a row or two and loops, which costs the square of a cluster's size, or sorts long texts where hashing them
--            takes a third. Plans are kept for the next day and the next payload: making them anew takes longer than a small
--            cluster's day. They are good for every day, since each reads one day by index.
-- Arguments: none.
-- Invariant: changes how results are found, never what they are.
-- Cost:      none.
create or replace function caravan.prefer_hashing()
returns void
language plpgsql
as $$
begin
    perform set_config('enable_nestloop', 'off', true);
    perform set_config('enable_sort', 'off', true);
    perform set_config('jit', 'off', true);
    perform set_config('plan_cache_mode', 'force_generic_plan', true);
end
$$;
