-- The schema of the partitions of the request log, which are reached through the table only.
-- access: owner
create schema partitions;
revoke all on schema partitions from public;
