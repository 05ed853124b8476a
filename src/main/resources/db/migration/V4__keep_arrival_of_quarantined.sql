alter table quarantine
    add column arrival_kind text,
    add column topic text,
    add column kafka_partition integer,
    add column kafka_offset bigint,
    add column bucket text,
    add column object_key text,
    add column etag text,
    add column path text,
    add column remote_address text,
    add column stored_in text;
comment on column quarantine.arrival_kind is 'Way in: kafka, bucket, file or http; NULL for payloads kept before this was';
comment on column quarantine.topic is 'Topic of the message that announced the payload';
comment on column quarantine.kafka_partition is 'Partition of that message';
comment on column quarantine.kafka_offset is 'Offset of that message';
comment on column quarantine.bucket is 'Bucket in which the payload lay';
comment on column quarantine.object_key is 'Its key there';
comment on column quarantine.etag is 'Digest of its content as the S3 API names it, without quotes';
comment on column quarantine.path is 'File in which the payload lay';
comment on column quarantine.remote_address is 'Who sent it over HTTP';
comment on column quarantine.stored_in is
    'Where the original bytes are: s3://<bucket>, or an absolute directory; NULL for payloads kept before this was';
comment on column quarantine.stored_as is
    'Name of the original bytes there, chosen by Caravan; NULL when none were received, or once they were removed';
comment on column quarantine.headers is
    'What came with the payload: "message" is the text that announced it, its address included; others are headers of it';
create index quarantine_stored on quarantine (stored_as) where stored_as is not null;
