-- Purpose:   writes a box of a box plot the way stored recommendations have it.
-- Arguments: p_sorted: values in ascending order, at least one; p_least: lower whisker; p_format: cores or bytes.
-- Returns:   {"min", "q1", "median", "q3", "max", "format"}, a number that is 0 left out.
-- Invariant: depends on its arguments alone.
-- Cost:      three elements are looked up.
create or replace function caravan.describe_box(p_sorted double precision[], p_least double precision, p_format text)
returns jsonb
language plpgsql
immutable
parallel safe
as $$
begin
    return jsonb_strip_nulls(jsonb_build_object(
        'min', nullif(p_least, 0),
        'q1', nullif(caravan.find_percentile(p_sorted, 25), 0),
        'median', nullif(caravan.find_percentile(p_sorted, 50), 0),
        'q3', nullif(caravan.find_percentile(p_sorted, 75), 0),
        'max', nullif(p_sorted[cardinality(p_sorted)], 0),
        'format', p_format));
end
$$;
