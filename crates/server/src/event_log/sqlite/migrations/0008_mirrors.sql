-- Good answers of the vendor about who is online, as stretches: a row has all looks that followed one another without a break.
CREATE TABLE look (
    tenant INTEGER NOT NULL REFERENCES tenant ON DELETE CASCADE,
    source INTEGER NOT NULL,
    -- Counts the rows of the source. Times don't: a clock may be set back.
    number INTEGER NOT NULL,
    -- Unix epoch milliseconds, by the clock of the mirror.
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    -- How many there are.
    looks INTEGER NOT NULL,
    -- Of the last look.
    mirror INTEGER NOT NULL,
    -- When the log of the source was read last; null: never.
    log_read INTEGER,
    clock_offset INTEGER NOT NULL,
    uncertainty INTEGER NOT NULL,
    -- Requests in the minute before the last look, and milliseconds between two rounds; null: the mirror did not say so.
    requests_per_minute INTEGER,
    round_interval INTEGER,
    -- When the mirror was ended after the last look, in Unix epoch milliseconds; null: it was not. The next look clears it.
    ended INTEGER,
    PRIMARY KEY (tenant, source, number)
) STRICT, WITHOUT ROWID;

ALTER TABLE log ADD COLUMN looks_version INTEGER NOT NULL DEFAULT 1;
CREATE TRIGGER look_added AFTER INSERT ON look
BEGIN UPDATE log SET looks_version = looks_version + 1; END;
CREATE TRIGGER look_changed AFTER UPDATE ON look
BEGIN UPDATE log SET looks_version = looks_version + 1; END;
CREATE TRIGGER look_removed AFTER DELETE ON look
BEGIN UPDATE log SET looks_version = looks_version + 1; END;

-- What the vendor's log may have had, and nobody could see.
CREATE TABLE gap (
    -- By arrival.
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant INTEGER NOT NULL REFERENCES tenant ON DELETE CASCADE,
    source INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    agent_account TEXT NOT NULL,
    -- Null: any account of the agent.
    whatsapp INTEGER,
    -- Unix epoch milliseconds; null: everything before.
    from_at INTEGER,
    to_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX gap_by_members ON gap
    (tenant, source, user_id, to_at, ifnull(whatsapp, 0), ifnull(from_at, -9223372036854775808));

-- Whether a record of the vendor's log was ever stored for the tenant.
ALTER TABLE tenant ADD COLUMN has_logged INTEGER NOT NULL DEFAULT 0;
-- The latest time of the events of a segment; null in segments of older versions.
ALTER TABLE segment ADD COLUMN latest INTEGER;

-- The events of a segment by account and by agent, in blocks: their numbers less that of the first event of the segment, four
-- bytes each. A segment has none until a page of one account or agent has read it.
CREATE TABLE segment_order (
    segment INTEGER NOT NULL REFERENCES segment ON DELETE CASCADE,
    -- 0: by account, 1: by agent.
    kind INTEGER NOT NULL,
    -- Of the first event of the block; `id` is the account or the agent.
    tenant INTEGER NOT NULL,
    id INTEGER NOT NULL,
    at INTEGER NOT NULL,
    number INTEGER NOT NULL,
    numbers BLOB NOT NULL,
    PRIMARY KEY (segment, kind, tenant, id, at, number)
) STRICT, WITHOUT ROWID;
