-- A tenant has several keys, so that one can be replaced while another is in use. The key of an older file may do
-- everything.
CREATE TABLE tenant_key (
    tenant INTEGER NOT NULL REFERENCES tenant ON DELETE CASCADE,
    name TEXT NOT NULL,
    api_key TEXT NOT NULL,
    -- Whether it may feed events; every key may send queries.
    may_feed INTEGER NOT NULL,
    PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;
INSERT INTO tenant_key SELECT number, 'key-1', api_key, 1 FROM tenant;

DROP TRIGGER key_replaced;
ALTER TABLE tenant DROP COLUMN api_key;

CREATE TRIGGER key_added AFTER INSERT ON tenant_key
BEGIN UPDATE log SET tenants_version = tenants_version + 1; END;
CREATE TRIGGER key_removed AFTER DELETE ON tenant_key
BEGIN UPDATE log SET tenants_version = tenants_version + 1; END;
CREATE TRIGGER key_replaced AFTER UPDATE ON tenant_key
BEGIN UPDATE log SET tenants_version = tenants_version + 1; END;
