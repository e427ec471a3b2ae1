// The query as an object, with the conventions that the template's users know: repeated names and `a[]` are lists,
// `a[b]` an object. Depth and size are bounded, and no name reaches a prototype.
'use strict';

const DEEPEST = 5;
const MOST = 1000;

function parseQuery(text) {
  const query = {};
  let count = 0;
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    if (++count > MOST) break;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1));
    if (name !== '') put(query, name, value);
  }
  return query;
}

function put(query, name, value) {
  const open = name.indexOf('[');
  if (open <= 0 || !name.endsWith(']')) return add(query, name, value);
  const steps = name.slice(open + 1, -1).split('][');
  if (steps.length > DEEPEST) return add(query, name, value);
  let at = query;
  let key = name.slice(0, open);
  for (const step of steps) {
    if (isForbidden(key)) return;
    if (step === '') {
      const list = Object.hasOwn(at, key) ? [].concat(at[key]) : [];
      list.push(value);
      at[key] = list;
      return;
    }
    if (!Object.hasOwn(at, key) || typeof at[key] !== 'object' || Array.isArray(at[key])) at[key] = {};
    at = at[key];
    key = step;
  }
  add(at, key, value);
}

function add(object, key, value) {
  if (isForbidden(key)) return;
  object[key] = Object.hasOwn(object, key) ? [].concat(object[key], value) : value;
}

const isForbidden = (key) => key === '__proto__' || key === 'constructor' || key === 'prototype';

function decode(text) {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

module.exports = { parseQuery };
