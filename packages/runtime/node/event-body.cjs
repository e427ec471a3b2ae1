// The body of an event as the template's users get it: JSON and forms parsed, bytes where RAW_BODY says so, else text.
// RAW_BODY, MAX_RAW_SIZE and MAX_JSON_SIZE mean what they mean in the OpenFaaS template.
'use strict';
const { PLAIN } = require('./call.cjs');
const { parse } = JSON;
const { Buffer } = globalThis;

const LARGEST = 16 * 1024 * 1024;
const TYPE = /\ncontent-type:[ \t]*([^\s;]*)([^\n]*)/i;

function reader(env) {
  const raw = env.RAW_BODY === 'true';
  const rawLimit = bytes(env.MAX_RAW_SIZE);
  const jsonLimit = bytes(env.MAX_JSON_SIZE);

  function bodyOf(call) {
    const { body } = call;
    if (body === null) return empty(call, raw);
    if (raw) {
      if (body.length > rawLimit) throw refusal(413, 'request entity too large');
      return body;
    }
    const [, type = '', rest = ''] = TYPE.exec(call.head) ?? [];
    const kind = type.toLowerCase();
    if (kind === 'application/json') {
      if (body.length > jsonLimit) throw refusal(413, 'request entity too large');
      return json(body.utf8Slice());
    }
    if (kind === 'application/x-www-form-urlencoded')
      return require('./query.cjs').parseQuery(body.utf8Slice());
    return /charset="?(?:iso-8859-1|latin1|us-ascii)/i.test(rest) ? body.latin1Slice() : body.utf8Slice();
  }

  return { bodyOf, limit: raw ? rawLimit : LARGEST };
}

/** As in the template, a request without a body has an empty object, and one with an empty body an empty text. */
function empty(call, raw) {
  if (raw) return Buffer.alloc(0);
  const first = call.head.charCodeAt(0);
  // GET, DELETE, HEAD, OPTIONS
  if (first === 71 || first === 68 || first === 72 || first === 79) return {};
  return /\ncontent-type:[ \t]*application\/(?:json|x-www-form-urlencoded)/i.test(call.head) ? {} : '';
}

function json(text) {
  if (text.trim() === '') return {};
  try {
    return parse(text);
  } catch (error) {
    throw refusal(400, error.message);
  }
}

/** Reads a streamed body to its end, and then runs the handler as if it had come at once. */
function collect(call, bodyOf, run) {
  call.incoming.collect(LARGEST, (error, whole) => {
    if (call.over) return;
    try {
      if (error !== null) throw error;
      call.body = whole.length === 0 ? null : whole;
      run(call, bodyOf(call));
    } catch (refused) {
      refuse(call, refused);
    }
  });
}

/** The caller's mistake, not the function's. */
function refuse(call, error) {
  if (error.status === undefined) return call.fault(error);
  call.answer(error.status, PLAIN, error.message);
}

function refusal(status, message) {
  return Object.assign(new Error(message), { status });
}

/** `100kb`, `1mb`, a number of bytes, as body-parser writes sizes. */
function bytes(text) {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([kmg]?)b?$/i.exec((text ?? '').trim()) ?? [];
  if (number === undefined) return LARGEST;
  return Math.floor(Number(number) * { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[unit.toLowerCase()]);
}

module.exports = { reader, collect, refuse };
