// What a handler gave as its result, as an answer: bytes, text, JSON, or a stream of them.
'use strict';
const { answerHead } = require('./head.cjs');
const { PLAIN } = require('./call.cjs');
const { bytesOf } = require('./bytes.cjs');
const { stringify } = JSON;

const JSON_TYPE = 'content-type:application/json\n';

function sendResult(call, status, headers, value) {
  const keep = call.headOnly;
  switch (typeof value) {
    case 'string':
      return call.answer(status, answerHead(headers, PLAIN, keep), value);
    case 'undefined':
      return call.answer(status, answerHead(headers, '', keep), null);
    case 'bigint':
      return call.answer(status, answerHead(headers, PLAIN, keep), String(value));
    case 'symbol':
    case 'function':
      throw new TypeError(`the function answered with a ${typeof value}, which cannot be sent`);
  }
  if (value === null) return call.answer(status, answerHead(headers, '', keep), null);
  if (typeof value === 'object') {
    const bytes = bytesOf(value);
    if (bytes !== undefined) return call.answer(status, answerHead(headers, '', keep), bytes);
    if (typeof value[Symbol.asyncIterator] === 'function') {
      return require('./pump.cjs').pump(call, call.begin(status, answerHead(headers, '', keep)), value);
    }
  }
  const text = stringify(value);
  if (text === undefined) throw new TypeError('the function answered with something that has no JSON form');
  call.answer(status, answerHead(headers, JSON_TYPE, keep), text);
}

module.exports = { sendResult };
