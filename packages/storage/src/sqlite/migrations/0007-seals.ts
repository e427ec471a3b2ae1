/**
 * Checks for what had none: the sum of a table's checksums beside the number of its rows, and a seal for every row of the history and for the
 * names in the queue. Rows of
 * the history that were there before have none; `sizes` says up to which number that is allowed.
 */
export default `
ALTER TABLE sizes ADD COLUMN sum INTEGER;
ALTER TABLE queue_names ADD COLUMN seal INTEGER;
ALTER TABLE queue_lanes ADD COLUMN seal INTEGER;
ALTER TABLE callees ADD COLUMN seal INTEGER;
ALTER TABLE calls ADD COLUMN seal INTEGER;
ALTER TABLE call_blocks ADD COLUMN seal INTEGER;
ALTER TABLE logs ADD COLUMN seal INTEGER;
ALTER TABLE log_blocks ADD COLUMN seal INTEGER;
ALTER TABLE exits ADD COLUMN seal INTEGER;
ALTER TABLE scalings ADD COLUMN seal INTEGER;
INSERT INTO sizes (origin, rows) SELECT 'queue_names without seal', coalesce(max(id), 0) FROM queue_names;
INSERT INTO sizes (origin, rows) SELECT 'queue_lanes without seal', coalesce(max(id), 0) FROM queue_lanes;
INSERT INTO sizes (origin, rows) SELECT 'callees without seal', coalesce(max(id), 0) FROM callees;
INSERT INTO sizes (origin, rows) SELECT 'calls without seal', coalesce(max(seq), 0) FROM calls;
INSERT INTO sizes (origin, rows) SELECT 'call_blocks without seal', coalesce(max(block), -1) FROM call_blocks;
INSERT INTO sizes (origin, rows) SELECT 'logs without seal', coalesce(max(seq), 0) FROM logs;
INSERT INTO sizes (origin, rows) SELECT 'log_blocks without seal', coalesce(max(block), -1) FROM log_blocks;
INSERT INTO sizes (origin, rows) SELECT 'exits without seal', coalesce(max(seq), 0) FROM exits;
INSERT INTO sizes (origin, rows) SELECT 'scalings without seal', coalesce(max(seq), 0) FROM scalings;
`;
