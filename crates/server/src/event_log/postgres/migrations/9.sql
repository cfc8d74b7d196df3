-- The order of the log for readers of changes. A step has the events of the transactions that had ended when it was made, and
-- not yet at the step before: those before `next` that are not among `running`. Rows are added and never changed, so that a
-- transaction that stays open leaves no dead ones behind.
CREATE TABLE stream_step (
    number bigint PRIMARY KEY,
    -- Random, of 32 bits: a copy of the database that goes on by itself gives the same number another tag.
    tag bigint NOT NULL,
    -- Unix epoch milliseconds, never less than those of the step before.
    made_at bigint NOT NULL,
    -- The transaction before which all have ended, except these.
    next bigint NOT NULL,
    running bigint[] NOT NULL,
    -- How many events it has.
    events bigint NOT NULL
);
-- Older events are in no step.
INSERT INTO stream_step
SELECT 0, floor(random() * 4294967296)::bigint, 0, pg_snapshot_xmax(pg_current_snapshot())::text::bigint + base, '{}', 0
FROM origin;
