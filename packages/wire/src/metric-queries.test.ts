import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WherryError } from '@wherry/core/errors';
import {
  decodeInstantQuery,
  decodeMetadataQuery,
  decodeRangeQuery,
  encodeQueryError,
} from './metric-queries.ts';

const form = (text: string): URLSearchParams => new URLSearchParams(text);

test('errors have the types that Prometheus gives them', () => {
  const types = {
    query_refused: 'bad_data',
    query_failed: 'execution',
    query_too_large: 'execution',
    query_out_of_time: 'timeout',
    query_abandoned: 'canceled',
    internal: undefined,
  } as const;
  for (const [code, type] of Object.entries(types)) {
    const error = new WherryError(code as keyof typeof types, 'why', { component: 'query' });
    assert.equal(encodeQueryError(error)?.errorType, type);
  }
});

test('times are seconds or RFC 3339, steps are seconds or durations', () => {
  assert.deepEqual(decodeInstantQuery(form('query=up'), 5), { text: 'up', at: 5 });
  assert.equal(decodeInstantQuery(form('query=up&time=1.5'), 5).at, 1_500);
  assert.equal(decodeInstantQuery(form('query=up&time=1.7e9'), 5).at, 1.7e12);
  assert.equal(decodeInstantQuery(form('query=up&time=2026-01-31T12:00:00.25Z'), 5).at, 1_769_860_800_250);
  const range = (step: string) => decodeRangeQuery(form(`query=up&start=1&end=2&step=${step}`)).stepMs;
  assert.deepEqual(['15', '0.5', '15s', '1m30s', '1d', '2w', '250ms'].map(range), [
    ...[15_000, 500, 15_000, 90_000, 86_400_000, 1_209_600_000, 250],
  ]);
  assert.deepEqual(decodeMetadataQuery(form('match[]=a&match[]=b'), 7), {
    matches: ['a', 'b'],
    from: 0,
    to: 7,
  });
});

test('what is none is refused, with its name', () => {
  const refused = (name: string, read: () => unknown): void =>
    assert.throws(
      read,
      (error: WherryError) => error.code === 'query_refused' && error.message.startsWith(name),
    );
  refused('query', () => decodeInstantQuery(form('time=1'), 0));
  for (const time of ['soon', '1e999', '--1', '2026-02-30T00:00:00Z', `${'9'.repeat(500)}`])
    refused('time', () => decodeInstantQuery(form(`query=up&time=${time}`), 0));
  for (const step of ['fast', '15x', 's', '1s 2s', `${'1s'.repeat(1_000)}`])
    refused('step', () => decodeRangeQuery(form(`query=up&start=1&end=2&step=${step}`)));
  refused('start', () => decodeRangeQuery(form('query=up&end=2&step=1')));
});
