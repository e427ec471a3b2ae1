/** The audit log: records in their chain, and what was about to be done and has no record yet. */
export default `
CREATE TABLE audit (seq INTEGER PRIMARY KEY, body TEXT NOT NULL, hash TEXT NOT NULL, key TEXT NOT NULL, mac TEXT NOT NULL, checksum INTEGER NOT NULL);
CREATE TABLE audit_intents (id INTEGER PRIMARY KEY, body TEXT NOT NULL, checksum INTEGER NOT NULL);
`;
