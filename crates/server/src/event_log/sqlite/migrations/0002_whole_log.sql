-- Whether no event has ever expired: then the presence index follows from the log alone, without a snapshot. For an
-- older file this is a guess: missing events have expired, or they were of removed tenants; but no event expires before
-- there is a snapshot.
ALTER TABLE log ADD COLUMN is_whole INTEGER NOT NULL DEFAULT 1;
UPDATE log SET is_whole =
    (SELECT ifnull(sum(events), 0) FROM tenant) = last_seq OR NOT EXISTS (SELECT 1 FROM saved WHERE is_whole);
