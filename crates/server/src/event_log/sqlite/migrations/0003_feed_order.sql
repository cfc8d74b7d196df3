-- Versions before this migration stored the events of one time in the order of the feed, also where the feed was newest
-- first. Of the events up to this one, `doctor` and `repair-order` look at that order; 0 where there is nothing to look at.
ALTER TABLE tenant ADD COLUMN feed_order_seq INTEGER NOT NULL DEFAULT 0;
UPDATE tenant SET feed_order_seq = (SELECT last_seq FROM log);
