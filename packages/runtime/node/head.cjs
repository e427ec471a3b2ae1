// The head of a call and of an answer: lines of Latin-1 text, taken apart and put together.
'use strict';
const { isArray } = Array;
const { keys } = Object;

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the characters that a header value must not have
const UNFIT = /[^\t\x20-\x7e\x80-\xff]/;

/** Hop-by-hop headers, which belong to the gateway's own connection. */
const HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Method and target of a call's first line. */
function requestLine(head) {
  const space = head.indexOf(' ');
  const end = head.indexOf('\n', space);
  return {
    method: head.slice(0, space),
    target: end < 0 ? head.slice(space + 1) : head.slice(space + 1, end),
  };
}

/** Names and values of a call in turn, as `rawHeaders` has them. */
function rawHeaders(head) {
  const raw = [];
  let at = head.indexOf('\n') + 1;
  while (at > 0 && at < head.length) {
    let end = head.indexOf('\n', at);
    if (end < 0) end = head.length;
    const colon = head.indexOf(':', at);
    if (colon > at && colon < end) raw.push(head.slice(at, colon), head.slice(colon + 1, end).trim());
    at = end + 1;
  }
  return raw;
}

/** Headers that are kept once only, where Node keeps the first. */
const SINGLE = new Set(
  (
    'age authorization content-length content-type etag expires from host if-modified-since if-unmodified-since ' +
    'last-modified location max-forwards proxy-authorization referer retry-after server user-agent'
  ).split(' '),
);

/** The headers of a call by lower-case name, repeated ones joined as Node joins them. */
function headersOf(head) {
  const raw = rawHeaders(head);
  const headers = {};
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i].toLowerCase();
    const value = raw[i + 1];
    const before = name === '__proto__' ? undefined : headers[name];
    if (name === 'set-cookie') headers[name] = before === undefined ? [value] : [...before, value];
    else if (typeof before !== 'string') headers[name] = value;
    else if (!SINGLE.has(name)) headers[name] = before + (name === 'cookie' ? '; ' : ', ') + value;
  }
  return headers;
}

/** An answer that can't be expressed: the function's fault, with a text that says what was wrong. */
class Unfit extends Error {
  get name() {
    return 'InvalidAnswer';
  }
}

function checkStatus(status) {
  const number = typeof status === 'string' ? Number(status) : status;
  if (Number.isInteger(number) && number >= 200 && number <= 599) return number;
  throw new Unfit(`the function answered with status ${show(status)}; a status is a number from 200 to 599`);
}

/** One header line, or nothing for those that the gateway sets. `keepLength`: where the body does not come with it. */
function headerLine(name, value, keepLength) {
  if (!TOKEN.test(name))
    throw new Unfit(`the function answered with a header named ${show(name)}, which is not allowed`);
  const lower = name.toLowerCase();
  if (HOP.has(lower) || (lower === 'content-length' && !keepLength)) return '';
  const text = typeof value === 'string' ? value : String(value);
  if (UNFIT.test(text)) {
    const what = /[\r\n]/.test(text) ? 'a line break' : 'a character that headers cannot carry';
    throw new Unfit(`the function answered with ${what} in the header ${name}`);
  }
  return `${name}:${text}\n`;
}

/** The head of an answer from a plain object, whose values are texts, numbers or lists of them. */
function answerHead(headers, defaultType, keepLength) {
  let head = '';
  let typed = defaultType === '';
  for (const name of keys(headers)) {
    const value = headers[name];
    if (value === undefined || value === null) continue;
    if (!typed && name.length === 12 && name.toLowerCase() === 'content-type') typed = true;
    if (isArray(value)) for (const one of value) head += headerLine(name, one, keepLength);
    else head += headerLine(name, value, keepLength);
  }
  return typed ? head : head + defaultType;
}

function show(value) {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

module.exports = { requestLine, rawHeaders, headersOf, answerHead, headerLine, checkStatus, Unfit };
