-- Storing recommendations takes what a Kruize server answers, too; what takes its place is made by the repeatable files.

drop function if exists caravan.store_recommendations(bigint[], timestamptz, integer);
