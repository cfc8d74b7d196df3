-- Versions before this migration stored events of one time in the order of the feed, even if the feed was newest first.
-- `doctor` and `repair-order` check the events up to this number; 0 if there is nothing to check. The sequence counts
-- blocks of 256 numbers, and the last block may be in use.
ALTER TABLE tenant ADD COLUMN feed_order_seq bigint NOT NULL DEFAULT 0;
UPDATE tenant
SET feed_order_seq = (SELECT CASE WHEN is_called THEN last_value + 255 ELSE 0 END FROM event_seq);
