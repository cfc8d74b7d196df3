-- Numbers are never reused: a tenant that is removed and added again is another tenant.
CREATE TABLE tenant (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id bigint NOT NULL UNIQUE,
    api_key text NOT NULL
);

-- One row, which grows when a tenant or a key changes.
CREATE TABLE tenant_version (version bigint NOT NULL);
INSERT INTO tenant_version VALUES (1);

-- Removed tenants that may still have events, and the page of the partition up to which these are deleted.
CREATE TABLE removed_tenant (
    number bigint PRIMARY KEY,
    partition oid NOT NULL DEFAULT 0,
    page bigint NOT NULL DEFAULT 0
);

-- The number of a tenant's events is the sum of its shares, so that concurrent appends rarely update one row.
CREATE TABLE tally (
    tenant bigint NOT NULL,
    share integer NOT NULL,
    events bigint NOT NULL,
    PRIMARY KEY (tenant, share)
) WITH (fillfactor = 50);

-- The events that have an `eventId`, by its key. Their repeats are found whatever their other members are, and in any
-- partition.
CREATE TABLE named_event (
    tenant bigint NOT NULL,
    key uuid NOT NULL,
    PRIMARY KEY (tenant, key)
);

-- Each transaction takes as many blocks of numbers as it may need, in one round trip.
CREATE SEQUENCE event_seq INCREMENT BY 256;

-- `xact` is the number of the transaction that wrote the event; the log is followed by it. Repeats are found by `key`.
-- A repeat without an `eventId` has the same time, so the index can begin with the time, and new entries are close
-- together.
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

-- Detached partitions, and the page up to which the names of their events are deleted.
CREATE TABLE retired_partition (
    name text PRIMARY KEY,
    page bigint NOT NULL DEFAULT 0
);

-- Snapshots of the presence index. Each covers all events of transactions before `position`.
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
-- The bytes are compact already.
ALTER TABLE saved_part ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- One row: the base that is added to PostgreSQL's transaction numbers. It is raised where they start again, in another
-- cluster, so that `xact` and `position` always grow.
CREATE TABLE origin (base bigint NOT NULL);
INSERT INTO origin VALUES (0);
