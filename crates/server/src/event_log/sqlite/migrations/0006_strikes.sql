-- Events that were taken back. Such an event stays in `status_event` under the negative of its number, where no reader looks;
-- so its key is known, and feeding it again changes nothing. A server whose index has fewer strikes of a tenant computes that
-- index again.
CREATE TABLE strike (
    -- The number that the event had.
    seq INTEGER PRIMARY KEY,
    tenant INTEGER NOT NULL REFERENCES tenant ON DELETE CASCADE,
    -- Unix epoch milliseconds.
    struck_at INTEGER NOT NULL
) STRICT;
CREATE INDEX strike_by_tenant ON strike (tenant);

CREATE TRIGGER event_struck AFTER INSERT ON strike
BEGIN UPDATE log SET tenants_version = tenants_version + 1; END;
