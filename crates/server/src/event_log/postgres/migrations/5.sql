-- Events that were taken back. Such an event stays in `status_event` with the negative of its transaction's number, where no
-- reader looks; so its key is known, and feeding it again changes nothing. A server whose index has fewer strikes of a tenant
-- computes that index again.
CREATE TABLE strike (
    tenant bigint NOT NULL REFERENCES tenant ON DELETE CASCADE,
    at bigint NOT NULL,
    seq bigint NOT NULL,
    struck_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, at, seq)
);
