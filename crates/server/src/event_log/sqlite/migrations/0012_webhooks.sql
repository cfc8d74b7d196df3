CREATE TABLE webhook (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant INTEGER NOT NULL REFERENCES tenant ON DELETE CASCADE,
    url TEXT NOT NULL,
    -- One in a line.
    rules TEXT NOT NULL,
    secret TEXT NOT NULL,
    -- The secret before, and the Unix epoch second until which it signs as well.
    previous_secret TEXT,
    previous_valid_until INTEGER,
    -- Why no messages are sent; null: they are.
    disabled TEXT,
    -- Where the rules were computed last, and their state there; null before the first time.
    position TEXT,
    state BLOB,
    -- Unix epoch milliseconds: until when nothing is sent, because the receiver wants it so.
    throttled_until INTEGER NOT NULL DEFAULT 0,
    -- The process that computes and sends, and until when, in Unix epoch milliseconds.
    owner INTEGER,
    owned_until INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX webhook_by_tenant ON webhook (tenant);

CREATE TABLE delivery (
    -- By the order in which they were made.
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook INTEGER NOT NULL REFERENCES webhook ON DELETE CASCADE,
    -- The id that the receiver gets.
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    body BLOB NOT NULL,
    -- Unix epoch milliseconds.
    created INTEGER NOT NULL,
    -- The place in the log from which it follows; null: it was made by hand.
    position TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    -- 0: waiting, 1: delivered, 2: failed.
    state INTEGER NOT NULL DEFAULT 0,
    outcome TEXT,
    next_attempt INTEGER NOT NULL,
    UNIQUE (webhook, id)
) STRICT;
CREATE INDEX delivery_due ON delivery (webhook, next_attempt) WHERE state = 0;
