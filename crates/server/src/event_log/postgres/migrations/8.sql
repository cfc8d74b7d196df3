-- Callbacks of the vendor, as they arrived.
CREATE TABLE callback (
    -- By arrival.
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant bigint NOT NULL REFERENCES tenant ON DELETE CASCADE,
    -- Unix epoch milliseconds: by the server's clock, and as the vendor signed it.
    received bigint NOT NULL,
    timestamp bigint NOT NULL,
    body bytea NOT NULL
);
-- The planner's statistics would keep bodies that are deleted.
ALTER TABLE callback ALTER COLUMN body SET STATISTICS 0;
CREATE INDEX callback_by_tenant ON callback (tenant, number);
