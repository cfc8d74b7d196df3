-- Whether no event was ever let go for its age: all that follows can be worked out from the log then, without a saved
-- state. Of an older file nobody knows, unless nothing was ever saved: what is let go is saved before.
ALTER TABLE log ADD COLUMN is_whole INTEGER NOT NULL DEFAULT 1;
UPDATE log SET is_whole = NOT EXISTS (SELECT 1 FROM saved);
