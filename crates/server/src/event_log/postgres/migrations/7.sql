-- Good answers of the vendor about who is online, as stretches: a row has all looks that followed one another without a break.
CREATE TABLE look (
    tenant bigint NOT NULL REFERENCES tenant ON DELETE CASCADE,
    source integer NOT NULL,
    -- Counts the rows of the source. Times don't: a clock may be set back.
    number bigint NOT NULL,
    -- Unix epoch milliseconds, by the clock of the mirror.
    first bigint NOT NULL,
    last bigint NOT NULL,
    -- How many there are.
    looks bigint NOT NULL,
    -- Of the last look.
    mirror bigint NOT NULL,
    -- When the log of the source was read last; null: never.
    log_read bigint,
    clock_offset bigint NOT NULL,
    uncertainty bigint NOT NULL,
    -- Requests in the minute before the last look, and milliseconds between two rounds; null: the mirror did not say so.
    requests_per_minute bigint,
    round_interval bigint,
    -- When the mirror was ended after the last look, in Unix epoch milliseconds; null: it was not. The next look clears it.
    ended bigint,
    PRIMARY KEY (tenant, source, number)
) WITH (fillfactor = 50);

-- One row, which grows with each look.
CREATE TABLE look_version (version bigint NOT NULL);
INSERT INTO look_version VALUES (1);

-- What the vendor's log may have had, and nobody could see.
CREATE TABLE gap (
    -- By arrival.
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant bigint NOT NULL REFERENCES tenant ON DELETE CASCADE,
    source integer NOT NULL,
    user_id bigint NOT NULL,
    agent_account text NOT NULL,
    -- Null: any account of the agent.
    whatsapp bigint,
    -- Unix epoch milliseconds; null: everything before.
    from_at bigint,
    to_at bigint NOT NULL
);
CREATE UNIQUE INDEX gap_by_members ON gap
    (tenant, source, user_id, to_at, coalesce(whatsapp, 0), coalesce(from_at, -9223372036854775808));
