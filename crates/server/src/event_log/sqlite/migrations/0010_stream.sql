-- The order of the log for readers of changes: a step for each append.
CREATE TABLE stream_step (
    -- The number of its last event.
    number INTEGER PRIMARY KEY,
    -- Random: a copy of the file that goes on by itself gives the same number another tag.
    tag INTEGER NOT NULL,
    -- Unix epoch milliseconds, never less than those of the step before.
    made_at INTEGER NOT NULL
) STRICT;
-- Older events are in no step.
INSERT INTO stream_step SELECT last_seq, random() & 4294967295, 0 FROM log;
