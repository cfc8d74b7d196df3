-- The blocks of a segment have the events, with all that they have. Blocks of older versions had their numbers.
DELETE FROM segment_order;
ALTER TABLE segment_order RENAME COLUMN numbers TO events;

-- All that a page of the history reads of a segment: the row itself has its filter in the middle.
CREATE INDEX segment_times ON segment (earliest, latest, number, first_seq, last_seq);
