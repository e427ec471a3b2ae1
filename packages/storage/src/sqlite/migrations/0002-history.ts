/**
 * What happened: calls, lines and ends of instances, appended by rowid and never changed. No other index: keys by random ids
 * cost four times the processor time. Instead `*_blocks` describe each 4,096 consecutive rows (when, how large, whose), which is
 * enough to find anything without reading everything. Texts that are no valid Unicode are stored as UTF-16 blobs.
 *
 * calls.id: the 16 bytes of a UUID, or another id as text. calls.trigger: place in http, async, schedule, event, internal.
 * calls.target: null where it is the callee's bare name. logs.stream: place in stdout, stderr, mark.
 */
export default `
CREATE TABLE callees (id INTEGER PRIMARY KEY, namespace NOT NULL, name NOT NULL, calls INTEGER NOT NULL DEFAULT 0);
CREATE TABLE calls (
  seq INTEGER PRIMARY KEY, id, alias, trigger INTEGER, callee INTEGER, version INTEGER, target, instance, method, path,
  started REAL, total REAL, wait REAL, wake REAL, run REAL, cold INTEGER, status INTEGER,
  bytes_in INTEGER, bytes_out INTEGER, error, fault
);
CREATE TABLE call_blocks (
  block INTEGER PRIMARY KEY, rows INTEGER, bytes INTEGER, earliest REAL, latest REAL, callees BLOB
);
CREATE TABLE logs (
  seq INTEGER PRIMARY KEY, callee INTEGER, version INTEGER, instance, at REAL, stream INTEGER, text
);
CREATE TABLE log_blocks (
  block INTEGER PRIMARY KEY, rows INTEGER, bytes INTEGER, earliest REAL, latest REAL, callees BLOB
);
CREATE TABLE exits (seq INTEGER PRIMARY KEY, callee INTEGER NOT NULL, at REAL NOT NULL, body TEXT NOT NULL);
CREATE INDEX exits_of ON exits (callee, seq);
`;
