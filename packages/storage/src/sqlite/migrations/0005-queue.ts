/**
 * Calls to be made. `queue_items` hold what was accepted and are never changed; `queue_states` hold where each stands, narrow rows
 * that many changes share a page of. What is over moves to `queue_outcomes`. Every row carries a CRC-32 of all that is in it.
 *
 * queue_states.state: 0 waiting, 1 running, 2 dead. `due` of a running one is the end of its lease; `expires` of a dead one, when it is
 * forgotten. lane is a place in queue_lanes, callee and holder are in queue_names. queue_outcomes.state: 0 done, 1 cancelled.
 */
export default `
CREATE TABLE queue_lanes (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE queue_names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE queue_items (
  seq INTEGER PRIMARY KEY, id NOT NULL, alias, head TEXT NOT NULL, body BLOB NOT NULL, checksum INTEGER NOT NULL
);
CREATE UNIQUE INDEX queue_item_ids ON queue_items (id);
CREATE INDEX queue_item_aliases ON queue_items (alias) WHERE alias IS NOT NULL;
CREATE TABLE queue_states (
  seq INTEGER PRIMARY KEY, lane INTEGER NOT NULL, callee INTEGER NOT NULL, state INTEGER NOT NULL, due REAL NOT NULL,
  expires REAL NOT NULL, enqueued REAL NOT NULL, epoch INTEGER NOT NULL, attempts INTEGER NOT NULL, crashes INTEGER NOT NULL,
  holder INTEGER NOT NULL, note TEXT NOT NULL, checksum INTEGER NOT NULL
);
CREATE INDEX queue_due ON queue_states (lane, due, seq) WHERE state = 0;
CREATE INDEX queue_leases ON queue_states (due) WHERE state = 1;
CREATE INDEX queue_dead ON queue_states (seq) WHERE state = 2;
CREATE TABLE queue_outcomes (
  seq INTEGER PRIMARY KEY, id NOT NULL, alias, callee INTEGER NOT NULL, state INTEGER NOT NULL, kept REAL NOT NULL,
  head TEXT NOT NULL, body BLOB NOT NULL, checksum INTEGER NOT NULL
);
CREATE INDEX queue_outcome_ids ON queue_outcomes (id);
CREATE INDEX queue_outcome_aliases ON queue_outcomes (alias) WHERE alias IS NOT NULL;
CREATE TABLE queue_keys (
  key BLOB PRIMARY KEY, id NOT NULL, print BLOB NOT NULL, until REAL NOT NULL, checksum INTEGER NOT NULL
) WITHOUT ROWID;
`;
