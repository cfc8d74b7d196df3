-- `status_event` is the truth; the tables after it say what follows from it, and change in the same transaction.
-- "Latest" is by time (`at`, Unix epoch milliseconds), then by arrival (`seq`). Since `seq` only grows, an event
-- replaces what is known exactly when its `at` is not smaller.

-- "GrpD": the file is a store, and no other program's.
PRAGMA application_id = 0x47727044;

CREATE TABLE tenant (
    id INTEGER PRIMARY KEY,
    api_key TEXT NOT NULL,
    -- How many events the tenant has, which is also the `seq` of the one that arrived last.
    events INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The log, clustered as it is read: the latest events of an agent at a source.
CREATE TABLE status_event (
    tenant_id INTEGER NOT NULL REFERENCES tenant ON DELETE CASCADE,
    source INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    at INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    event_id TEXT,
    agent_account TEXT NOT NULL,
    user_name TEXT,
    whatsapp INTEGER NOT NULL,
    name TEXT,
    status INTEGER NOT NULL,
    detail_status INTEGER NOT NULL,
    country_code TEXT NOT NULL,
    PRIMARY KEY (tenant_id, source, user_id, at, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX status_event_of_account ON status_event (tenant_id, source, whatsapp, user_id, at, seq);

-- What tells an event from every other. A set apart is half the size of a unique index on the log, which would repeat
-- the log's whole primary key.
CREATE TABLE event_key (
    tenant_id INTEGER NOT NULL REFERENCES tenant ON DELETE CASCADE,
    key BLOB NOT NULL,
    PRIMARY KEY (tenant_id, key)
) STRICT, WITHOUT ROWID;

-- Account and name come from different events, for not every event has a name.
CREATE TABLE agent (
    tenant_id INTEGER NOT NULL REFERENCES tenant ON DELETE CASCADE,
    user_id INTEGER NOT NULL,
    agent_account TEXT NOT NULL,
    agent_account_at INTEGER NOT NULL,
    user_name TEXT,
    user_name_at INTEGER,
    PRIMARY KEY (tenant_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX agent_by_account ON agent (tenant_id, agent_account, user_id);

-- The latest event of an account at a source, whoever the agent.
CREATE TABLE presence (
    tenant_id INTEGER NOT NULL REFERENCES tenant ON DELETE CASCADE,
    source INTEGER NOT NULL,
    whatsapp INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    name TEXT,
    status INTEGER NOT NULL,
    at INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, source, whatsapp)
) STRICT, WITHOUT ROWID;

-- Who is online (status 10), with all that the answer says about an account.
CREATE INDEX presence_online ON presence (tenant_id, source, user_id, whatsapp, name) WHERE status = 10;

-- The latest event with which an account came online with an agent at a source.
CREATE TABLE last_online (
    tenant_id INTEGER NOT NULL REFERENCES tenant ON DELETE CASCADE,
    source INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    whatsapp INTEGER NOT NULL,
    at INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, source, user_id, whatsapp)
) STRICT, WITHOUT ROWID;

CREATE INDEX last_online_by_time ON last_online (tenant_id, source, user_id, at, seq, whatsapp);
