/**
 * What must never be lost. No index: the worker holds these rows in memory and writes them by `seq`, so a flipped bit can
 * spoil one row but no lookup. `checksum` is the CRC-32 of key and body; `sizes` says how many rows there should be.
 */
export default `
CREATE TABLE functions (seq INTEGER PRIMARY KEY, key TEXT NOT NULL, body TEXT NOT NULL, checksum INTEGER NOT NULL);
CREATE TABLE versions (seq INTEGER PRIMARY KEY, key TEXT NOT NULL, body TEXT NOT NULL, checksum INTEGER NOT NULL);
CREATE TABLE tokens (seq INTEGER PRIMARY KEY, key TEXT NOT NULL, body TEXT NOT NULL, checksum INTEGER NOT NULL);
CREATE TABLE sizes (origin TEXT PRIMARY KEY, rows INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE quarantine (seq INTEGER PRIMARY KEY, at REAL NOT NULL, origin TEXT NOT NULL, key, body, reason TEXT NOT NULL);
`;
