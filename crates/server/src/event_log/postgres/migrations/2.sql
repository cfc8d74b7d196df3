-- Versions before this migration stored the events of one time in the order of the feed, also where the feed was newest
-- first. Of the events up to this one, `doctor` and `repair-order` look at that order; 0 where there is nothing to look at.
-- The sequence counts blocks of 256 numbers, of which the last may be in use.
ALTER TABLE tenant ADD COLUMN feed_order_seq bigint NOT NULL DEFAULT 0;
UPDATE tenant
SET feed_order_seq = (SELECT CASE WHEN is_called THEN last_value + 255 ELSE 0 END FROM event_seq);
