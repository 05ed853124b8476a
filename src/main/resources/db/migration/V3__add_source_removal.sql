alter table source add column removing_since timestamptz;
comment on column source.removing_since is
    'When an operator asked to remove all of the source''s data; the row goes last. NULL unless it is being removed';
