-- Whether no event was ever cleared away for its age: all that follows can be worked out from the log then, without a saved
-- state. Of a file that lacks events already it is guessed: they were too old, or of a tenant that was removed; but no event is
-- too old before a state is saved.
ALTER TABLE log ADD COLUMN is_whole INTEGER NOT NULL DEFAULT 1;
UPDATE log SET is_whole =
    (SELECT ifnull(sum(events), 0) FROM tenant) = last_seq OR NOT EXISTS (SELECT 1 FROM saved WHERE is_whole);
