-- How an event is known. Both are null for an event that was fed, as all older ones were. No row is rewritten.
-- Of a record of the vendor's log: its number among equal records.
ALTER TABLE status_event ADD COLUMN ordinal bigint;
-- Of a change between two answers of the vendor: the time of the earlier one (Unix epoch milliseconds), or the smallest integer.
ALTER TABLE status_event ADD COLUMN not_before bigint;
