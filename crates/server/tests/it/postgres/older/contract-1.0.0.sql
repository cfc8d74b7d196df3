-- The schema of a server of version 0.1.0 (contract 1.0.0) in PostgreSQL, by pg_dump --inserts without its settings: migration 1.
-- It has the events of tests/store/older/contract-1.0.0.sql, of which one has an agent id of 18 digits.
CREATE SCHEMA group_dispatch;
CREATE SEQUENCE group_dispatch.event_seq
    START WITH 1
    INCREMENT BY 256
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE TABLE group_dispatch.migration (
    version integer NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE group_dispatch.named_event (
    tenant bigint NOT NULL,
    key uuid NOT NULL
);
CREATE TABLE group_dispatch.origin (
    base bigint NOT NULL
);
CREATE TABLE group_dispatch.removed_tenant (
    number bigint NOT NULL,
    partition oid DEFAULT 0 NOT NULL,
    page bigint DEFAULT 0 NOT NULL
);
CREATE TABLE group_dispatch.retired_partition (
    name text NOT NULL,
    page bigint DEFAULT 0 NOT NULL
);
CREATE TABLE group_dispatch.saved_part (
    generation bigint NOT NULL,
    place bigint NOT NULL,
    bytes bytea NOT NULL
);
ALTER TABLE ONLY group_dispatch.saved_part ALTER COLUMN bytes SET STORAGE EXTERNAL;
CREATE TABLE group_dispatch.saved_state (
    generation bigint NOT NULL,
    "position" bigint NOT NULL,
    parts bigint,
    CONSTRAINT saved_state_parts_check CHECK ((parts >= 0))
);
ALTER TABLE group_dispatch.saved_state ALTER COLUMN generation ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME group_dispatch.saved_state_generation_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE group_dispatch.status_event (
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
)
PARTITION BY RANGE (at);
CREATE TABLE group_dispatch.status_event_663 (
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
);
CREATE TABLE group_dispatch.status_event_elsewhen (
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
);
CREATE TABLE group_dispatch.tally (
    tenant bigint NOT NULL,
    share integer NOT NULL,
    events bigint NOT NULL
)
WITH (fillfactor='50');
CREATE TABLE group_dispatch.tenant (
    number bigint NOT NULL,
    id bigint NOT NULL,
    api_key text NOT NULL
);
ALTER TABLE group_dispatch.tenant ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME group_dispatch.tenant_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE group_dispatch.tenant_version (
    version bigint NOT NULL
);
ALTER TABLE ONLY group_dispatch.status_event ATTACH PARTITION group_dispatch.status_event_663 FOR VALUES FROM ('1718496000000') TO ('1721088000000');
ALTER TABLE ONLY group_dispatch.status_event ATTACH PARTITION group_dispatch.status_event_elsewhen DEFAULT;
INSERT INTO group_dispatch.migration VALUES (1, '2026-11-29 19:02:05.26831+00');
INSERT INTO group_dispatch.named_event VALUES (1, '60ada9df-a31b-7881-ebdc-627553ead4ce');
INSERT INTO group_dispatch.origin VALUES (0);
INSERT INTO group_dispatch.status_event_663 VALUES (1720437931000, 1, 729, 1, 12, 8618217331411, 1, 10, 12, 'br02', '哥伦比亚', NULL, 'Ana', 'jack', '13475d38-a212-bef8-035d-de6452b4d7a1');
INSERT INTO group_dispatch.status_event_663 VALUES (1720437931000, 257, 730, 1, 12, 573125704139, 2, 10, 13, 'br02', '哥伦比亚', NULL, 'Ana', '', 'f29398ba-6f2f-46eb-e7a8-54a73b67459f');
INSERT INTO group_dispatch.status_event_663 VALUES (1720438200000, 513, 731, 1, 12, 573125704139, 2, 40, 42, 'br02', '哥伦比亚', NULL, 'Ana', '', '105d4f5e-6961-2cca-9724-633a8092cb4c');
INSERT INTO group_dispatch.status_event_663 VALUES (1720437960000, 769, 732, 1, 999999999999999999, 999999999999999, 1, 10, 11, 'br99', '', NULL, 'Zoe', 'zoe', '70eb5006-f24d-8944-c6ce-bc9a45d28dd6');
INSERT INTO group_dispatch.status_event_663 VALUES (1720438020000, 1025, 733, 1, 12, 8618217331412, 3, 10, 12, 'br02', '', 'feeder-1', NULL, NULL, '60ada9df-a31b-7881-ebdc-627553ead4ce');
INSERT INTO group_dispatch.status_event_663 VALUES (1720437931123, 1281, 734, 1, 12, 8618217331413, 7, 77, 99, 'br02', '', NULL, NULL, NULL, '2c9f33f4-2da9-09f8-29ae-203d1607917b');
INSERT INTO group_dispatch.tally VALUES (1, 15, 6);
INSERT INTO group_dispatch.tenant OVERRIDING SYSTEM VALUE VALUES (1, 500766, 'demo-api-key');
INSERT INTO group_dispatch.tenant_version VALUES (2);
SELECT pg_catalog.setval('group_dispatch.event_seq', 1281, true);
SELECT pg_catalog.setval('group_dispatch.saved_state_generation_seq', 1, false);
SELECT pg_catalog.setval('group_dispatch.tenant_number_seq', 1, true);
ALTER TABLE ONLY group_dispatch.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (version);
ALTER TABLE ONLY group_dispatch.named_event
    ADD CONSTRAINT named_event_pkey PRIMARY KEY (tenant, key);
ALTER TABLE ONLY group_dispatch.removed_tenant
    ADD CONSTRAINT removed_tenant_pkey PRIMARY KEY (number);
ALTER TABLE ONLY group_dispatch.retired_partition
    ADD CONSTRAINT retired_partition_pkey PRIMARY KEY (name);
ALTER TABLE ONLY group_dispatch.saved_part
    ADD CONSTRAINT saved_part_pkey PRIMARY KEY (generation, place);
ALTER TABLE ONLY group_dispatch.saved_state
    ADD CONSTRAINT saved_state_pkey PRIMARY KEY (generation);
ALTER TABLE ONLY group_dispatch.tally
    ADD CONSTRAINT tally_pkey PRIMARY KEY (tenant, share);
ALTER TABLE ONLY group_dispatch.tenant
    ADD CONSTRAINT tenant_id_key UNIQUE (id);
ALTER TABLE ONLY group_dispatch.tenant
    ADD CONSTRAINT tenant_pkey PRIMARY KEY (number);
CREATE UNIQUE INDEX status_event_by_key ON ONLY group_dispatch.status_event USING btree (at, tenant, key);
CREATE UNIQUE INDEX status_event_663_at_tenant_key_idx ON group_dispatch.status_event_663 USING btree (at, tenant, key);
CREATE INDEX status_event_by_xact ON ONLY group_dispatch.status_event USING btree (xact);
CREATE INDEX status_event_663_xact_idx ON group_dispatch.status_event_663 USING btree (xact);
CREATE UNIQUE INDEX status_event_elsewhen_at_tenant_key_idx ON group_dispatch.status_event_elsewhen USING btree (at, tenant, key);
CREATE INDEX status_event_elsewhen_xact_idx ON group_dispatch.status_event_elsewhen USING btree (xact);
ALTER INDEX group_dispatch.status_event_by_key ATTACH PARTITION group_dispatch.status_event_663_at_tenant_key_idx;
ALTER INDEX group_dispatch.status_event_by_xact ATTACH PARTITION group_dispatch.status_event_663_xact_idx;
ALTER INDEX group_dispatch.status_event_by_key ATTACH PARTITION group_dispatch.status_event_elsewhen_at_tenant_key_idx;
ALTER INDEX group_dispatch.status_event_by_xact ATTACH PARTITION group_dispatch.status_event_elsewhen_xact_idx;
ALTER TABLE ONLY group_dispatch.saved_part
    ADD CONSTRAINT saved_part_generation_fkey FOREIGN KEY (generation) REFERENCES group_dispatch.saved_state(generation) ON DELETE CASCADE;
