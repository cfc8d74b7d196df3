-- `status_event` is an append-only log, which is read from its beginning to its end. The presence index that follows
-- from it is in memory; a snapshot of it (`saved`, `saved_part`) makes a start fast.

-- "GrpD": the file belongs to this program.
PRAGMA application_id = 0x47727044;

CREATE TABLE tenant (
    -- Never reused: a tenant that is removed and added again is another tenant.
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id INTEGER NOT NULL UNIQUE,
    api_key TEXT NOT NULL,
    -- How many events it has in the log.
    events INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Removed tenants whose events are still in the log.
CREATE TABLE removed_tenant (number INTEGER PRIMARY KEY) STRICT;

-- One row, which says what has changed.
CREATE TABLE log (
    -- The number of the last event, which may be deleted already.
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

-- In the order of arrival, and without an index: updating one would cost several times as much as the append.
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

-- Segments of the log. The keys of a segment are written once, sorted, when it is full; the keys of the events after
-- the last segment are in memory only.
CREATE TABLE segment (
    number INTEGER PRIMARY KEY,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    -- The earliest time of its events.
    earliest INTEGER NOT NULL,
    -- The filter of its keys.
    bloom_filter BLOB NOT NULL
) STRICT;

-- Keys in blocks, which are read and written several times as fast as a row for each key. A block fits into a page of a
-- table with rowids, but not into one of an index.
CREATE TABLE segment_keys (
    segment INTEGER NOT NULL REFERENCES segment,
    -- The first key of the block.
    first BLOB NOT NULL,
    -- The sorted keys, concatenated.
    keys BLOB NOT NULL,
    PRIMARY KEY (segment, first)
) STRICT;

CREATE TRIGGER segment_added AFTER INSERT ON segment
BEGIN UPDATE log SET segments_version = segments_version + 1; END;
CREATE TRIGGER segment_removed AFTER DELETE ON segment
BEGIN UPDATE log SET segments_version = segments_version + 1; END;

-- Snapshots. Each covers at least the events up to `last_seq`.
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
