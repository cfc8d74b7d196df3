-- The file of a server of version 0.1.0 (contract 1.0.0), as SQL: user_version 2. It has an agent id of 18 digits, which contract 1.0.0
-- allowed, and codes that are not in the vendor's tables.
PRAGMA application_id = 1198682180;
PRAGMA user_version = 2;
BEGIN TRANSACTION;
CREATE TABLE log (
    -- Of the event that arrived last; kept here, for that event may have been cleared away.
    last_seq INTEGER NOT NULL DEFAULT 0,
    tenants_version INTEGER NOT NULL DEFAULT 1,
    segments_version INTEGER NOT NULL DEFAULT 1
, is_whole INTEGER NOT NULL DEFAULT 1) STRICT;
INSERT INTO "log" VALUES(6,2,1,1);
CREATE TABLE removed_tenant (number INTEGER PRIMARY KEY) STRICT;
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
CREATE TABLE segment (
    number INTEGER PRIMARY KEY,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    -- When the first of its events happened.
    earliest INTEGER NOT NULL,
    -- Of its keys.
    bloom_filter BLOB NOT NULL
) STRICT;
CREATE TABLE segment_keys (
    segment INTEGER NOT NULL REFERENCES segment,
    -- The first key of the block.
    first BLOB NOT NULL,
    -- All of its keys, one behind the other, in order.
    keys BLOB NOT NULL,
    PRIMARY KEY (segment, first)
) STRICT;
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
INSERT INTO "status_event" VALUES(1,1,1720437931000,1,12,8618217331411,10,12,NULL,'br02','Ana','jack','哥伦比亚');
INSERT INTO "status_event" VALUES(2,1,1720437931000,2,12,573125704139,10,13,NULL,'br02','Ana','','哥伦比亚');
INSERT INTO "status_event" VALUES(3,1,1720438200000,2,12,573125704139,40,42,NULL,'br02','Ana','','哥伦比亚');
INSERT INTO "status_event" VALUES(4,1,1720437960000,1,999999999999999999,999999999999999,10,11,NULL,'br99','Zoe','zoe','');
INSERT INTO "status_event" VALUES(5,1,1720438020000,3,12,8618217331412,10,12,'feeder-1','br02',NULL,NULL,'');
INSERT INTO "status_event" VALUES(6,1,1720437931123,7,12,8618217331413,77,99,NULL,'br02',NULL,NULL,'');
CREATE TABLE tenant (
    -- Never given twice: a tenant that is removed and added again has nothing to do with what it was.
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id INTEGER NOT NULL UNIQUE,
    api_key TEXT NOT NULL,
    -- How many events it has in the log.
    events INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO "tenant" VALUES(1,500766,'demo-api-key',6);
CREATE TRIGGER tenant_added AFTER INSERT ON tenant
BEGIN UPDATE log SET tenants_version = tenants_version + 1; END;
CREATE TRIGGER tenant_removed AFTER DELETE ON tenant
BEGIN UPDATE log SET tenants_version = tenants_version + 1; END;
CREATE TRIGGER key_replaced AFTER UPDATE OF api_key ON tenant
BEGIN UPDATE log SET tenants_version = tenants_version + 1; END;
CREATE TRIGGER segment_added AFTER INSERT ON segment
BEGIN UPDATE log SET segments_version = segments_version + 1; END;
CREATE TRIGGER segment_removed AFTER DELETE ON segment
BEGIN UPDATE log SET segments_version = segments_version + 1; END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('tenant',1);
COMMIT;
