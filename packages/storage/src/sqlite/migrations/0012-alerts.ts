/** Rules, channels, silences and how far each alert has come, kept as the tables of step 1 are. */
export default `
CREATE TABLE alerts (seq INTEGER PRIMARY KEY, key TEXT NOT NULL, body TEXT NOT NULL, checksum INTEGER NOT NULL);
`;
