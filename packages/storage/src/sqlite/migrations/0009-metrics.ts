/**
 * Numbers over time. What the bodies hold is said in `metrics/block-body.ts` and `metrics/round-group.ts`.
 *
 * metric_blocks.seq: level, block of time and series in one number, so that rows lie in the order in which they are written and dropped, and
 * are found without an index. metric_rounds: what is in no block yet, as it came. metric_series.kind: 1 for a counter.
 */
export default `
CREATE TABLE metric_series (id INTEGER PRIMARY KEY, key TEXT, kind INTEGER, since REAL, seal INTEGER);
CREATE TABLE metric_blocks (seq INTEGER PRIMARY KEY, body BLOB, seal INTEGER);
CREATE TABLE metric_rounds (seq INTEGER PRIMARY KEY, body BLOB, seal INTEGER);
`;
