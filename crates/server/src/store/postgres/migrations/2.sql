-- One row. Whether no event was ever let go for its age: all that follows can be worked out from the log then, without a
-- saved state. Of an older database nobody knows, unless nothing was ever saved: what is let go is saved before.
CREATE TABLE log (is_whole boolean NOT NULL);
INSERT INTO log SELECT NOT EXISTS (SELECT FROM saved_state);
