/** More of what must never be lost, kept as the tables of step 1 are. A secret's body holds its encrypted value, never the value. */
export default `
CREATE TABLE namespaces (seq INTEGER PRIMARY KEY, key TEXT NOT NULL, body TEXT NOT NULL, checksum INTEGER NOT NULL);
CREATE TABLE secrets (seq INTEGER PRIMARY KEY, key TEXT NOT NULL, body TEXT NOT NULL, checksum INTEGER NOT NULL);
`;
