-- Purpose:   deletes a source's ledger rows of months of which nothing is kept any more, a bounded number at a time.
-- Arguments: p_source; p_before: first UTC day kept; p_limit: manifests, and rows of each other table, at most.
-- Returns:   the number of rows deleted, not counting what hangs on a manifest's files; 0 when there is nothing left.
-- Invariant: nothing of a kept day goes; the caller holds the source's lock and calls again until nothing is left.
-- Cost:      p_limit manifests with their files, days and rejects, and p_limit rows of each other table.
create or replace function caravan.forget_expired_rows(p_source uuid, p_before date, p_limit integer)
returns bigint
language plpgsql
as $$
declare
    v_before timestamptz := p_before::timestamp at time zone 'UTC';
    v_manifests uuid[];
    v_rows bigint;
    v_total bigint := 0;
begin
    v_manifests := array(
        select e.manifest_uuid
        from caravan.find_expired_manifests(p_source, p_before, p_limit) e
    );
    delete from payload_claim
    where source = p_source
        and manifest_uuid = any (v_manifests);
    get diagnostics v_rows = row_count;
    v_total := v_total + v_rows;

    delete from manifest_file
    where source = p_source
        and manifest_uuid = any (v_manifests);
    get diagnostics v_rows = row_count;
    v_total := v_total + v_rows;

    delete from manifest
    where source = p_source
        and manifest_uuid = any (v_manifests);
    get diagnostics v_rows = row_count;
    v_total := v_total + v_rows;

    -- Refused as too old: such a payload has no manifest here.
    delete from payload_claim
    where source = p_source
        and sha256 in (
            select sha256
            from payload_claim
            where source = p_source
                and outcome = 'outside-retention'
                and claimed_at < v_before
            limit p_limit
        );
    get diagnostics v_rows = row_count;
    v_total := v_total + v_rows;

    delete from day_delivery
    where source = p_source
        and (report_type, usage_start, manifest_uuid) in (
            select report_type, usage_start, manifest_uuid
            from day_delivery
            where source = p_source
                and usage_start < p_before
            limit p_limit
        );
    get diagnostics v_rows = row_count;
    v_total := v_total + v_rows;

    delete from openshift_node_day
    where source = p_source::text
        and (usage_start, node) in (
            select usage_start, node
            from openshift_node_day
            where source = p_source::text
                and usage_start < p_before
            limit p_limit
        );
    get diagnostics v_rows = row_count;
    v_total := v_total + v_rows;

    delete from openshift_summary_day
    where source = p_source
        and usage_start < p_before;
    get diagnostics v_rows = row_count;
    v_total := v_total + v_rows;

    delete from summary_mark
    where source = p_source
        and usage_start < p_before;
    get diagnostics v_rows = row_count;
    v_total := v_total + v_rows;

    delete from reporting_ocpusagereportperiod
    where provider_id = p_source
        and report_period_start < v_before;
    get diagnostics v_rows = row_count;
    return v_total + v_rows;
end
$$;
