'use strict';
const { readFile } = require('node:fs/promises');
const { Pool } = require('pg');

const SECRET = '/var/openfaas/secrets/notes-database';

// One statement of several parts is one transaction. The lock is for instances that start at the same moment: without it both find
// no table, and one of them fails to make it.
const SCHEMA = `
  select pg_advisory_xact_lock(7031);
  create table if not exists notes (
    id      integer generated always as identity primary key,
    title   text not null,
    body    text not null,
    created timestamptz not null default now()
  );`;

/** A database that can't be used now: the caller's request was fine. */
class Unavailable extends Error {}

// What is kept here is there for the next call, as long as the instance lives: connecting anew each time would cost more than the query.
let current;

/** Runs one query. Values go beside the text and never into it. */
async function query(text, values) {
  const url = await connectionString();
  if (current?.url !== url) {
    // The secret has a new value. Queries on the old connections end before these are closed.
    void current?.pool.end();
    current = open(url);
  }
  const { pool, ready } = current;
  try {
    await ready();
    return await pool.query(text, values);
  } catch (error) {
    // Codes of five characters are PostgreSQL's own. Those of the classes 08, 28, 3D, 53 and 57 say that it can't be used, others that
    // the query is wrong. Without a code it was never reached.
    if (/^[0-9A-Z]{5}$/.test(error.code) && !/^(?:08|28|3D|53|57)/.test(error.code)) throw error;
    throw new Unavailable(`the database can't be used: ${error.message}`, { cause: error });
  }
}

/** Read for each call: it lies in memory, and a new value is there within two seconds. */
async function connectionString() {
  try {
    return (await readFile(SECRET, 'utf8')).trim();
  } catch (error) {
    throw new Unavailable(`the secret notes-database can't be read (${error.code})`, { cause: error });
  }
}

function open(url) {
  const pool = new Pool({
    connectionString: url,
    max: 4,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 10_000,
    idleTimeoutMillis: 60_000,
  });
  // A connection that breaks while nobody uses it is replaced by the next query. Unheard, the event would end the process.
  pool.on('error', (error) => console.error('an idle connection broke:', error.message));
  let made;
  return {
    url,
    pool,
    /** Makes the table, once; after a failure the next call tries again. */
    ready() {
      made ??= pool.query(SCHEMA).catch((error) => {
        made = undefined;
        throw error;
      });
      return made;
    },
  };
}

module.exports = { query, Unavailable };
