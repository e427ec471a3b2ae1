import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTraceParent, parseTraceState, traceHeaders, traceParent } from './trace-context.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';

test('a traceparent comes back as it was', () => {
  for (const flags of ['00', '01']) {
    const parent = `00-${traceId}-${spanId}-${flags}`;
    const context = parseTraceParent({ parent });
    assert.deepEqual(context, { traceId, spanId, sampled: flags === '01' });
    assert.equal(context && traceParent(context), parent);
  }
  // Other flags are of no meaning yet; a later version may say more behind them.
  assert.equal(parseTraceParent({ parent: `00-${traceId}-${spanId}-ff` })?.sampled, true);
  assert.equal(parseTraceParent({ parent: `cc-${traceId}-${spanId}-01-what` })?.traceId, traceId);
});

test('what breaks the rules is taken for none', () => {
  const bad = [
    ...['', 'x', `00-${traceId}-${spanId}`, `00-${traceId}-${spanId}-1`, `00-${traceId}-${spanId}-01-x`],
    ...[
      `ff-${traceId}-${spanId}-01`,
      `00-${'0'.repeat(32)}-${spanId}-01`,
      `00-${traceId}-${'0'.repeat(16)}-01`,
    ],
    ...[
      `00-${traceId.toUpperCase()}-${spanId}-01`,
      `00-${traceId.slice(1)}-${spanId}-01`,
      `00-${traceId}x-${spanId}-01`,
    ],
    ...[
      `00-${traceId}-${spanId}-01, 00-${traceId}-${spanId}-01`,
      `00-${traceId}-${spanId}-01\r\nX: y`,
      `00-${traceId}-${spanId}-zz`,
    ],
    '0'.repeat(100_000),
  ];
  for (const parent of bad) assert.equal(parseTraceParent({ parent }), undefined, parent.slice(0, 80));
});

test('a tracestate is kept while it keeps the rules, and left out as a whole where it does not', () => {
  assert.equal(parseTraceState('congo=t61rcWkgMzE'), 'congo=t61rcWkgMzE');
  assert.equal(parseTraceState(' a=1 ,\tb@x=2,, '), 'a=1,b@x=2');
  const many = Array.from({ length: 33 }, (_, n) => `k${n}=v`).join(',');
  const bad = [
    '',
    ',',
    'a',
    'A=1',
    'a=',
    'a=b=c',
    'a=\u00e9',
    'a=b\r\nX: y',
    many,
    `a=${'x'.repeat(257)}`,
    '1=2',
  ];
  for (const text of bad) assert.equal(parseTraceState(text), undefined, text.slice(0, 60));
  const parent = `00-${traceId}-${spanId}-01`;
  assert.deepEqual(parseTraceParent({ parent, state: 'A=1' }), { traceId, spanId, sampled: true });
  const context = parseTraceParent({ parent, state: 'a=1' });
  assert.deepEqual(context && traceHeaders(context), ['traceparent', parent, 'tracestate', 'a=1']);
});
