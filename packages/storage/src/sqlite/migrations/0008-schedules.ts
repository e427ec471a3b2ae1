/** How far schedules have come, kept as the tables of step 1 are. */
export default `
CREATE TABLE schedules (seq INTEGER PRIMARY KEY, key TEXT NOT NULL, body TEXT NOT NULL, checksum INTEGER NOT NULL);
`;
