-- Purpose:   finds a percentile of a list without interpolation.
-- Arguments: p_sorted: numbers in ascending order; p_percent: 0 to 100.
-- Returns:   the element at the index p_percent / 100 x (n - 1), counted from 0 and rounded half up; NULL for no numbers.
-- Invariant: depends on its arguments alone; the answer is an element of the list.
-- Cost:      one element is looked up.
create or replace function caravan.find_percentile(p_sorted double precision[], p_percent double precision)
returns double precision
language sql
immutable
parallel safe
as $$
    select p_sorted[1 + floor(p_percent / 100.0 * (cardinality(p_sorted) - 1) + 0.5)::integer]
$$;
