-- A tenant has several keys, so that one can be replaced while another is in use. The key of an older database may do
-- everything. Changes count in `tenant_version`.
CREATE TABLE tenant_key (
    tenant bigint NOT NULL REFERENCES tenant ON DELETE CASCADE,
    name text NOT NULL,
    api_key text NOT NULL,
    -- Whether it may feed events; every key may send queries.
    may_feed boolean NOT NULL,
    PRIMARY KEY (tenant, name)
);
INSERT INTO tenant_key SELECT number, 'key-1', api_key, true FROM tenant;
ALTER TABLE tenant DROP COLUMN api_key;
