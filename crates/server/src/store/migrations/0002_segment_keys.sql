-- The keys of a segment in blocks: a row for each of them was most of what writing a segment took. The segments that there
-- are go: they are written anew, from the log.
DROP TABLE segment_key;
DELETE FROM segment;

CREATE TABLE segment_keys (
    segment INTEGER NOT NULL REFERENCES segment,
    -- The first key of the block.
    first BLOB NOT NULL,
    -- All of its keys, one behind the other, in order.
    keys BLOB NOT NULL,
    PRIMARY KEY (segment, first)
) STRICT, WITHOUT ROWID;
