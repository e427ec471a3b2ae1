import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asWherryError, catalogue, type ErrorCode, reportOf, WherryError } from './errors.ts';

const entries = Object.entries(catalogue) as [ErrorCode, (typeof catalogue)[ErrorCode]][];

test('every entry says in a title what happened and in a sentence what to do next', () => {
  for (const [code, { title, next }] of entries) {
    assert.match(code, /^[a-z]+(_[a-z]+)*$/);
    assert.match(title, /^[A-Z].*[^.\s]$/, `${code}: a title has no full stop`);
    assert.ok(title.length <= 60, code);
    assert.match(next, /^[A-Z]/, code);
    assert.ok(next.length >= 10 && next.length <= 140, code);
    assert.doesNotMatch(next.replaceAll('{name}', ''), /[{}]/, `${code}: only {name} is filled in`);
  }
});

test('every status is an HTTP failure that fits whose fault it is', () => {
  // A function that is busy, or does not load, is told with a 4xx: the caller can do something about it.
  const exceptions = new Set([
    ...['function_busy', 'deploy_failed', 'image_needs_engine', 'runtime_missing'],
    ...['build_failed', 'build_exceeded'],
    // Prometheus's status for it, which its clients know.
    'query_out_of_time',
  ]);
  for (const [code, { status, fault }] of entries) {
    assert.ok(Number.isInteger(status) && status >= 400 && status <= 599, code);
    if (!exceptions.has(code))
      assert.equal(status < 500, fault === 'caller', `${code}: ${status} and ${fault}`);
  }
  assert.equal(catalogue.internal.fault, 'wherry');
});

test('an error carries its entry, its own cause, and its own next step where it has a better one', () => {
  const error = new WherryError('function_failed', 'it threw', { component: 'engine', name: 'hello' });
  assert.deepEqual([error.status, error.fault, error.title], [500, 'function', 'The function failed']);
  assert.equal(error.next, 'See its log: wherry logs hello');
  assert.equal(
    new WherryError('function_failed', 'x', { component: 'c' }).next,
    'See its log: wherry logs NAME',
  );
  assert.equal(
    new WherryError('internal', 'x', { component: 'c', next: 'Ask {name}', name: '$&' }).next,
    'Ask $&',
  );
  const cause = new Error('below');
  assert.equal(new WherryError('internal', 'x', { component: 'c', cause }).cause, cause);
});

test('what is thrown and is not from the catalogue is our own mistake', () => {
  const ours = new WherryError('no_room', 'full', { component: 'engine' });
  assert.equal(asWherryError(ours, 'other'), ours);
  const foreign = asWherryError(new TypeError('x is not a function'), 'engine');
  assert.deepEqual(
    [foreign.code, foreign.status, foreign.message, foreign.component],
    ['internal', 500, 'x is not a function', 'engine'],
  );
  for (const thrown of [undefined, null, 'text', 7, {}])
    assert.equal(asWherryError(thrown, 'c').code, 'internal');
});

test('a report has every field that a person needs, and no empty ones', () => {
  const error = new WherryError('function_crashed', 'exited with code 1', {
    component: 'engine',
    name: 'f',
    excerpt: 'last words',
  });
  assert.deepEqual(reportOf(error, 'call-1'), {
    code: 'function_crashed',
    title: 'The function ended during the call',
    cause: 'exited with code 1',
    fault: 'function',
    component: 'engine',
    next: 'See its last words: wherry logs f',
    callId: 'call-1',
    excerpt: 'last words',
  });
  assert.deepEqual(Object.keys(reportOf(new WherryError('internal', 'x', { component: 'c' }))), [
    'code',
    'title',
    'cause',
    'fault',
    'component',
    'next',
  ]);
});
