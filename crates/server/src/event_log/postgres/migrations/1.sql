-- Who may sign. A number is never given twice, so that a tenant that comes back knows nothing of what was.
CREATE TABLE tenant (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id bigint NOT NULL UNIQUE,
    api_key text NOT NULL
);

-- One row: it grows whenever a tenant or a key changes.
CREATE TABLE tenant_version (version bigint NOT NULL);
INSERT INTO tenant_version VALUES (1);

-- Removed tenants that may still have events, and up to which page of which partition these are cleared away.
CREATE TABLE removed_tenant (
    number bigint PRIMARY KEY,
    partition oid NOT NULL DEFAULT 0,
    page bigint NOT NULL DEFAULT 0
);

-- How many events a tenant has is the sum of its shares: appends that run at once seldom meet in one row.
CREATE TABLE tally (
    tenant bigint NOT NULL,
    share integer NOT NULL,
    events bigint NOT NULL,
    PRIMARY KEY (tenant, share)
) WITH (fillfactor = 50);

-- The events that have a name of their own, by its key: it tells repeats whatever else they say, so that they may lie in
-- any partition.
CREATE TABLE named_event (
    tenant bigint NOT NULL,
    key uuid NOT NULL,
    PRIMARY KEY (tenant, key)
);

-- Each transaction takes as many blocks of numbers as it may need: one trip instead of one for each event.
CREATE SEQUENCE event_seq INCREMENT BY 256;

-- `xact` is the number of the transaction that wrote the event: by it the log is followed. `key` tells repeats. Without a
-- name of its own an event that comes again has the same time: so its index can begin with that, and what is written to
-- it lies close together.
CREATE TABLE status_event (
    at bigint NOT NULL,
    seq bigint NOT NULL,
    xact bigint NOT NULL,
    tenant bigint NOT NULL,
    user_id bigint NOT NULL,
    whatsapp bigint NOT NULL,
    source integer NOT NULL,
    status integer NOT NULL,
    detail_status integer NOT NULL,
    agent_account text NOT NULL,
    country_code text NOT NULL,
    event_id text,
    user_name text,
    name text,
    key uuid NOT NULL
) PARTITION BY RANGE (at);
CREATE INDEX status_event_by_xact ON status_event (xact);
CREATE UNIQUE INDEX status_event_by_key ON status_event (at, tenant, key);
CREATE TABLE status_event_elsewhen PARTITION OF status_event DEFAULT;

-- Partitions that were taken out of the log, and up to which of their pages the names are cleared away.
CREATE TABLE retired_partition (
    name text PRIMARY KEY,
    page bigint NOT NULL DEFAULT 0
);

-- A state of the read model: it covers all events of transactions before `position`.
CREATE TABLE saved_state (
    generation bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    position bigint NOT NULL,
    parts bigint,
    CHECK (parts >= 0)
);
CREATE TABLE saved_part (
    generation bigint NOT NULL REFERENCES saved_state ON DELETE CASCADE,
    place bigint NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (generation, place)
);
-- Parts are compact already.
ALTER TABLE saved_part ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- One row: what PostgreSQL's numbers of transactions are counted from. It grows where they begin again, in another
-- cluster, so that `xact` and `position` always grow.
CREATE TABLE origin (base bigint NOT NULL);
INSERT INTO origin VALUES (0);
