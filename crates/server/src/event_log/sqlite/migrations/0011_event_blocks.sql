DROP TABLE segment_order;
CREATE TABLE segment_order (
    segment INTEGER NOT NULL REFERENCES segment ON DELETE CASCADE,
    -- 0: by account, 1: by agent.
    kind INTEGER NOT NULL,
    -- Of the first event of the block; `id` is the account or the agent.
    tenant INTEGER NOT NULL,
    id INTEGER NOT NULL,
    at INTEGER NOT NULL,
    number INTEGER NOT NULL,
    -- The events, with all that they have.
    events BLOB NOT NULL,
    PRIMARY KEY (segment, kind, tenant, id, at, number)
) STRICT, WITHOUT ROWID;

-- All that a page of the history reads of a segment: the row itself has its filter in the middle.
CREATE INDEX segment_times ON segment (earliest, latest, number, first_seq, last_seq);
