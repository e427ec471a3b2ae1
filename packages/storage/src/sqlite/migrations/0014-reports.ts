/** Reports that were made and who wants them, kept as the tables of step 1 are. */
export default `
CREATE TABLE report_subscriptions (seq INTEGER PRIMARY KEY, key TEXT NOT NULL, body TEXT NOT NULL, checksum INTEGER NOT NULL);
CREATE TABLE reports (seq INTEGER PRIMARY KEY, key TEXT NOT NULL, body TEXT NOT NULL, checksum INTEGER NOT NULL);
`;
