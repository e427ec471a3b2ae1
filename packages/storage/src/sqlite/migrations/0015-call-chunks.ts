/**
 * Calls as they are kept from here on: up to 96 in a row, which costs a fifth of a row for each. `seq` is the number of the first, and the
 * others follow; what the body holds is said in `calls/pack-calls.ts`. Rows of `calls` and `call_links` that were there before are read
 * until they are too old to be kept; their numbers come before those of all chunks.
 */
export default `
CREATE TABLE call_chunks (seq INTEGER PRIMARY KEY, rows INTEGER, body BLOB, seal INTEGER);
`;
