-- Versions before this migration stored events of one time in the order of the feed, even if the feed was newest first.
-- `doctor` and `repair-order` check the events up to this number; 0 if there is nothing to check.
ALTER TABLE tenant ADD COLUMN feed_order_seq INTEGER NOT NULL DEFAULT 0;
UPDATE tenant SET feed_order_seq = (SELECT last_seq FROM log);
