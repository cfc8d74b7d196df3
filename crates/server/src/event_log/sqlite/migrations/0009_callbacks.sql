-- Callbacks of the vendor, as they arrived.
CREATE TABLE callback (
    -- By arrival.
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant INTEGER NOT NULL REFERENCES tenant ON DELETE CASCADE,
    -- Unix epoch milliseconds: by this machine's clock, and as the vendor signed it.
    received INTEGER NOT NULL,
    timestamp INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX callback_by_tenant ON callback (tenant, number);
