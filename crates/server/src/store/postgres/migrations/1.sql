-- Who may sign. A number is never given twice, so that a tenant that comes back knows nothing of what was.
CREATE TABLE tenant (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id bigint NOT NULL UNIQUE,
    api_key text NOT NULL
);

-- One row: it grows whenever a tenant or a key changes.
CREATE TABLE tenant_version (version bigint NOT NULL);
INSERT INTO tenant_version VALUES (1);

-- Removed tenants that may still have events.
CREATE TABLE removed_tenant (number bigint PRIMARY KEY);

-- How many events a tenant has is the sum of its shares: appends that run at once seldom meet in one row.
CREATE TABLE tally (
    tenant bigint NOT NULL,
    share integer NOT NULL,
    events bigint NOT NULL,
    PRIMARY KEY (tenant, share)
) WITH (fillfactor = 50);

-- Keys have a table of their own, because a partitioned one can't tell repeats that lie in different partitions.
CREATE TABLE event_key (
    tenant bigint NOT NULL,
    key uuid NOT NULL,
    PRIMARY KEY (tenant, key)
);

-- Each transaction takes as many blocks of numbers as it may need: one trip instead of one for each event.
CREATE SEQUENCE event_seq INCREMENT BY 256;

-- `xact` is the number of the transaction that wrote the event: by it the log is followed.
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
    name text
) PARTITION BY RANGE (at);
CREATE INDEX status_event_by_xact ON status_event (xact);
CREATE TABLE status_event_elsewhen PARTITION OF status_event DEFAULT;

-- Partitions that were taken out of the log, and up to which of their pages the keys are cleared away.
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

-- The cluster whose transactions `xact` and `position` count.
CREATE TABLE origin (system_identifier bigint NOT NULL);
INSERT INTO origin SELECT system_identifier FROM pg_control_system();
