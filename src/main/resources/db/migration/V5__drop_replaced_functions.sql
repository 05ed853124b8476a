-- Functions that took many days take one day now, hourly rows carry no hours to fill in any more, and label sets are cut to
-- the enabled keys all at once. What takes their place is made by the repeatable files.

drop function if exists caravan.refresh_daily_line_items(uuid, jsonb);
drop function if exists caravan.refresh_node_capacity(uuid, date[]);
drop function if exists caravan.refresh_dimensions(uuid, date[]);
drop function if exists caravan.populate_daily_summary(uuid, date[]);
drop function if exists caravan.populate_cost_summaries(uuid, date[]);
drop function if exists caravan.populate_pod_summaries(uuid, date[]);
drop function if exists caravan.populate_volume_summaries(uuid, date[]);
drop function if exists caravan.populate_gpu_summary(uuid, date[]);
drop function if exists caravan.populate_vm_summary(uuid, date[]);
drop function if exists caravan.refresh_label_values(uuid, date[]);
drop function if exists caravan.fill_report_hours(uuid, uuid, text);
drop function if exists caravan.filter_labels(text, text[]);
