/** Decisions over numbers of instances: few enough to be whole objects with an index, as the ends of instances are. */
export default `
CREATE TABLE scalings (seq INTEGER PRIMARY KEY, callee INTEGER NOT NULL, at REAL NOT NULL, body TEXT NOT NULL);
CREATE INDEX scalings_of ON scalings (callee, seq);
`;
