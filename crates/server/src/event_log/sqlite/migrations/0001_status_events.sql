-- `status_event` is the truth: a log that is only ever appended to, and read from front to back. What follows from it is
-- worked out in memory, and kept in `saved_part` so that a start need not begin at the front.

-- "GrpD": the file is a store, and no other program's.
PRAGMA application_id = 0x47727044;

CREATE TABLE tenant (
    -- Never given twice: a tenant that is removed and added again has nothing to do with what it was.
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id INTEGER NOT NULL UNIQUE,
    api_key TEXT NOT NULL,
    -- How many events it has in the log.
    events INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Tenants whose events are still in the log, though they are not.
CREATE TABLE removed_tenant (number INTEGER PRIMARY KEY) STRICT;

-- One row, that tells what has changed.
CREATE TABLE log (
    -- Of the event that arrived last; kept here, for that event may have been cleared away.
    last_seq INTEGER NOT NULL DEFAULT 0,
    tenants_version INTEGER NOT NULL DEFAULT 1,
    segments_version INTEGER NOT NULL DEFAULT 1
) STRICT;
INSERT INTO log DEFAULT VALUES;

CREATE TRIGGER tenant_added AFTER INSERT ON tenant
BEGIN UPDATE log SET tenants_version = tenants_version + 1; END;
CREATE TRIGGER tenant_removed AFTER DELETE ON tenant
BEGIN UPDATE log SET tenants_version = tenants_version + 1; END;
CREATE TRIGGER key_replaced AFTER UPDATE OF api_key ON tenant
BEGIN UPDATE log SET tenants_version = tenants_version + 1; END;

-- In the order of arrival, and without any index: keeping one up would cost several times the append itself.
CREATE TABLE status_event (
    seq INTEGER PRIMARY KEY,
    tenant INTEGER NOT NULL,
    -- Unix epoch milliseconds.
    at INTEGER NOT NULL,
    source INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    whatsapp INTEGER NOT NULL,
    status INTEGER NOT NULL,
    detail_status INTEGER NOT NULL,
    event_id TEXT,
    agent_account TEXT NOT NULL,
    user_name TEXT,
    name TEXT,
    country_code TEXT NOT NULL
) STRICT;

-- The log in stretches. What tells the events of a stretch from all others is written when the stretch is full, in order
-- and once; of the last stretch, which is not full, it is in memory alone.
CREATE TABLE segment (
    number INTEGER PRIMARY KEY,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    -- When the first of its events happened.
    earliest INTEGER NOT NULL,
    -- Of its keys.
    bloom_filter BLOB NOT NULL
) STRICT;

-- In blocks, which are read and written several times as quickly as a row for each key. Each fits into a page of the table,
-- as it would not into one of an index: so there are rowids.
CREATE TABLE segment_keys (
    segment INTEGER NOT NULL REFERENCES segment,
    -- The first key of the block.
    first BLOB NOT NULL,
    -- All of its keys, one behind the other, in order.
    keys BLOB NOT NULL,
    PRIMARY KEY (segment, first)
) STRICT;

CREATE TRIGGER segment_added AFTER INSERT ON segment
BEGIN UPDATE log SET segments_version = segments_version + 1; END;
CREATE TRIGGER segment_removed AFTER DELETE ON segment
BEGIN UPDATE log SET segments_version = segments_version + 1; END;

-- What followed from all events up to `last_seq` at least.
CREATE TABLE saved (
    generation INTEGER PRIMARY KEY AUTOINCREMENT,
    parts INTEGER NOT NULL DEFAULT 0,
    last_seq INTEGER NOT NULL,
    is_whole INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE saved_part (
    generation INTEGER NOT NULL REFERENCES saved ON DELETE CASCADE,
    place INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (generation, place)
) STRICT;
