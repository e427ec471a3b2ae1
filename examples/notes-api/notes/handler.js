'use strict';
const { query, Unavailable } = require('./database.js');

const COLUMNS = 'id, title, body, created';
const LARGEST_ID = 2 ** 31 - 1;

module.exports = async (event, context) => {
  try {
    const { status, value, headers = {} } = await route(event);
    return context.status(status).headers(headers).succeed(value);
  } catch (error) {
    if (error instanceof Refusal)
      return context.status(error.status).headers(error.headers).succeed({ error: error.message });
    // Into the log with everything; to the caller only what is of use to him.
    console.error(error);
    if (error instanceof Unavailable) return context.status(503).succeed({ error: error.message });
    return context.status(500).succeed({ error: 'something is wrong with notes-api; its log says what' });
  }
};

/** What the caller did wrong. */
class Refusal extends Error {
  constructor(status, message, headers = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

function route({ method, path, rawBody }) {
  const [found, id] = /^\/notes(?:\/([^/]+))?$/.exec(path) ?? [];
  if (found === undefined) throw new Refusal(404, `there is nothing at ${path}; notes are at /notes`);
  if (id === undefined) {
    if (method === 'GET') return list();
    if (method === 'POST') return add(noteIn(rawBody));
    throw new Refusal(405, `${method} is not for ${path}`, { allow: 'GET, POST' });
  }
  if (method === 'GET') return show(idIn(id));
  if (method === 'DELETE') return remove(idIn(id));
  throw new Refusal(405, `${method} is not for ${path}`, { allow: 'GET, DELETE' });
}

async function list() {
  const { rows } = await query(`select ${COLUMNS} from notes order by id desc limit 100`);
  return { status: 200, value: rows };
}

async function add({ title, body }) {
  const { rows } = await query(`insert into notes (title, body) values ($1, $2) returning ${COLUMNS}`, [
    title,
    body,
  ]);
  return { status: 201, value: rows[0], headers: { location: `notes/${rows[0].id}` } };
}

async function show(id) {
  const { rows } = await query(`select ${COLUMNS} from notes where id = $1`, [id]);
  if (rows.length === 0) throw new Refusal(404, `there is no note ${id}`);
  return { status: 200, value: rows[0] };
}

async function remove(id) {
  const { rowCount } = await query('delete from notes where id = $1', [id]);
  if (rowCount === 0) throw new Refusal(404, `there is no note ${id}`);
  return { status: 204 };
}

function idIn(text) {
  if (!/^\d{1,10}$/.test(text) || Number(text) > LARGEST_ID)
    throw new Refusal(404, `there is no note ${text}`);
  return Number(text);
}

function noteIn(bytes) {
  let note;
  try {
    note = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new Refusal(400, `the body is not JSON: ${error.message}`);
  }
  if (typeof note !== 'object' || note === null || Array.isArray(note))
    throw new Refusal(400, 'the body is not a JSON object');
  return { title: textIn(note, 'title', 1, 200), body: textIn(note, 'body', 0, 20_000) };
}

function textIn(note, name, least, most) {
  const text = note[name] ?? '';
  if (typeof text !== 'string') throw new Refusal(400, `${name} is not a text`);
  // The one character that PostgreSQL has no place for.
  if (text.includes('\0')) throw new Refusal(400, `${name} has a character in it that cannot be stored`);
  if (text.trim().length < least) throw new Refusal(400, `${name} is missing`);
  if (text.length > most) throw new Refusal(400, `${name} is longer than ${most} characters`);
  return text;
}
