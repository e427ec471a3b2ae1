/** Boards of charts, kept as the tables of step 1 are. */
export default `
CREATE TABLE boards (seq INTEGER PRIMARY KEY, key TEXT NOT NULL, body TEXT NOT NULL, checksum INTEGER NOT NULL);
`;
