import assert from 'node:assert/strict';
import test from 'node:test';
import { reportOf, WherryError } from '@wherry/core/errors';
import { decodeError, encodeError, errorHeader } from './error-answer.ts';

const error = new WherryError('function_crashed', 'exited with code 3\nNext: nothing', {
  component: 'gateway',
  name: 'echo',
  excerpt: 'line 1\nline 2',
  retryAfterS: 2,
});

test('clients that ask for JSON get the whole report', () => {
  const answer = encodeError(error, 'text/html, Application/JSON;q=0.9', 'id-1');
  assert.equal(answer.status, 502);
  assert.equal(answer.headers['content-type'], 'application/json');
  assert.equal(answer.headers['retry-after'], '2');
  assert.deepEqual(decodeError('application/json', answer.body), reportOf(error, 'id-1'));
});

test('the others get a few lines, from which the report can be read again', () => {
  const answer = encodeError(error, '*/*', 'id-1');
  assert.equal(
    answer.body,
    'The function ended during the call (function_crashed)\nexited with code 3\nNext: nothing\n' +
      'Next: See its last words: wherry logs echo\nCall: id-1\n\nline 1\nline 2\n',
  );
  assert.deepEqual(
    decodeError('text/plain', answer.body, answer.headers[errorHeader]),
    reportOf(error, 'id-1'),
  );
});

test('text without call and excerpt is read too', () => {
  const plain = new WherryError('forbidden', 'the token lacks deploy', { component: 'gateway' });
  const answer = encodeError(plain, undefined);
  assert.deepEqual(decodeError('text/plain', answer.body, 'forbidden'), reportOf(plain));
});

test('what others answer is not taken for ours', () => {
  for (const body of ['', 'null', '{"error":"x"}', '<html>', '{"error":{"code":1}}']) {
    assert.equal(decodeError('application/json', body), undefined);
    assert.equal(decodeError('text/html', body, 'forbidden'), undefined);
  }
  // A function may write the same lines; without the header they are its own.
  assert.equal(decodeError('text/plain', encodeError(error, undefined).body), undefined);
});
