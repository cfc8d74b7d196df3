-- Whose data a chunk has, so that it can be emptied when the tenant is removed. Not known of chunks that older versions
-- wrote.
ALTER TABLE saved_part ADD COLUMN tenant bigint;
