-- Purpose:   counts the intervals of 15 minutes that have data, looking back from the newest one.
-- Arguments: p_ages: seconds between the end of each interval and that of the newest, ascending from 0, each once.
-- Returns:   three numbers: of the last day, the last 7 days, the last 15 days; 768 stands for that many or more.
-- Rule:      steps back from the newest end. An end within 30 s of a step counts, the latest of several; by as much as it
--            lies before the step all later steps become longer, or shorter when it lies after it. A step never becomes
--            shorter than a second.
-- Invariant: ends on a grid of 15 minutes count once each; depends on its argument alone.
-- Cost:      a pass over the ends; steps where there are none are taken at once.
create or replace function caravan.count_data_points(p_ages integer[])
returns integer[]
language plpgsql
immutable
parallel safe
as $$
declare
    v_last constant integer := cardinality(p_ages);
    v_enough constant integer := 768;
    v_day integer := 0;
    v_week integer := 0;
    v_all integer := 0;
    v_index integer := 1;
    v_step integer := 900;
    v_age integer := 0;
begin
    while v_age < 1296000 and v_all < v_enough loop
        while v_index <= v_last and p_ages[v_index] < v_age - 30 loop
            v_index := v_index + 1;
        end loop;
        exit when v_index > v_last;
        if p_ages[v_index] <= v_age + 30 then
            v_all := v_all + 1;
            if v_age < 604800 then
                v_week := v_week + 1;
                if v_age < 86400 then
                    v_day := v_day + 1;
                end if;
            end if;
            v_step := greatest(1, v_step + p_ages[v_index] - v_age);
            v_age := v_age + v_step;
        else
            v_age := v_age + v_step * ((p_ages[v_index] - 31 - v_age) / v_step + 1);
        end if;
    end loop;
    return array[v_day, v_week, v_all];
end
$$;
