CREATE TABLE webhook (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant bigint NOT NULL REFERENCES tenant ON DELETE CASCADE,
    url text NOT NULL,
    -- One in a line.
    rules text NOT NULL,
    secret text NOT NULL,
    -- The secret before, and the Unix epoch second until which it signs as well.
    previous_secret text,
    previous_valid_until bigint,
    -- Why no messages are sent; null: they are.
    disabled text,
    -- Where the rules were computed last, and their state there; null before the first time.
    position text,
    state bytea,
    -- Unix epoch milliseconds: until when nothing is sent, because the receiver wants it so.
    throttled_until bigint NOT NULL DEFAULT 0,
    -- The process that computes and sends, and until when, in Unix epoch milliseconds.
    owner bigint,
    owned_until bigint NOT NULL DEFAULT 0
);
-- The planner's statistics would keep secrets that are deleted.
ALTER TABLE webhook ALTER COLUMN url SET STATISTICS 0;
ALTER TABLE webhook ALTER COLUMN secret SET STATISTICS 0;
ALTER TABLE webhook ALTER COLUMN previous_secret SET STATISTICS 0;
ALTER TABLE webhook ALTER COLUMN state SET STATISTICS 0;
CREATE INDEX webhook_by_tenant ON webhook (tenant);

CREATE TABLE delivery (
    -- By the order in which they were made.
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    webhook bigint NOT NULL REFERENCES webhook ON DELETE CASCADE,
    -- The id that the receiver gets.
    id text NOT NULL,
    kind text NOT NULL,
    body bytea NOT NULL,
    -- Unix epoch milliseconds.
    created bigint NOT NULL,
    -- The place in the log from which it follows; null: it was made by hand.
    position text,
    attempts bigint NOT NULL DEFAULT 0,
    -- 0: waiting, 1: delivered, 2: failed.
    state smallint NOT NULL DEFAULT 0,
    outcome text,
    next_attempt bigint NOT NULL,
    UNIQUE (webhook, id)
);
ALTER TABLE delivery ALTER COLUMN body SET STATISTICS 0;
CREATE INDEX delivery_due ON delivery (webhook, next_attempt) WHERE state = 0;
