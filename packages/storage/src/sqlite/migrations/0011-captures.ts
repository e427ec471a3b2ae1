/**
 * captures: calls with their bodies, encrypted. Found by the call's id, which ascends with time: its index grows at its end.
 * call_links: what a call has to do with others, under the number that it has in `calls`; only for those that have something.
 */
export default `
CREATE TABLE captures (seq INTEGER PRIMARY KEY, callee INTEGER NOT NULL, at REAL NOT NULL, id NOT NULL, key TEXT NOT NULL, nonce BLOB NOT NULL, box BLOB NOT NULL, seal);
CREATE INDEX captures_of ON captures (id);
CREATE TABLE call_links (seq INTEGER PRIMARY KEY, trace, replay_of, seal);
`;
