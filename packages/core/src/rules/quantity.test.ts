import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuCount, durationMs, flag, goDurationMs, memoryBytes, wholeNumber } from './quantity.ts';

const refusesAll = (read: (field: string, text: string) => unknown, texts: readonly string[]) => {
  for (const text of texts)
    assert.throws(
      () => read('the.field', text),
      { code: 'bad_value', message: /^the\.field: / },
      JSON.stringify(text),
    );
};

test('memory is read as Kubernetes writes it', () => {
  const known: Record<string, number> = {
    '1048576': 2 ** 20,
    '128Mi': 128 * 2 ** 20,
    '128M': 128e6,
    '1Gi': 2 ** 30,
    '1.5Gi': 1.5 * 2 ** 30,
    '64Ki': 65_536,
    '500k': 500_000,
    '2T': 2e12,
    '1Ti': 2 ** 40,
    '0': 0,
    // As Docker and Kubernetes have them besides.
    '40m': 40 * 2 ** 20,
    '2g': 2 * 2 ** 30,
    '1e8': 1e8,
    '1E3': 1000,
  };
  for (const [text, bytes] of Object.entries(known)) assert.equal(memoryBytes('f', text), bytes, text);
});

test('what is no memory size is refused by the name of its field', () => {
  refusesAll(memoryBytes, [
    '',
    ' ',
    '128 Mi',
    '128mi',
    '128MB',
    '-1',
    '+1Mi',
    '1e',
    'e3',
    '1e333',
    '0x10',
    'Mi',
    '.5Gi',
    '1.',
    '1,5Gi',
    'NaN',
    'Infinity',
    '1Mi\n',
    '\u0661Mi',
    '1'.repeat(13),
    '1Mi1Mi',
    'constructor',
    '__proto__',
  ]);
});

test('processors are shares in thousandths or numbers', () => {
  assert.equal(cpuCount('f', '100m'), 0.1);
  assert.equal(cpuCount('f', '0.5'), 0.5);
  assert.equal(cpuCount('f', '2'), 2);
  refusesAll(cpuCount, ['', 'm', '100M', '-1', '1e3', '100mm', ' 1', '1 ', 'NaN', '½']);
});

test('a duration is whole seconds, or Go’s spelling', () => {
  const known: Record<string, number> = {
    '60': 60_000,
    '0': 0,
    '0s': 0,
    '30s': 30_000,
    '500ms': 500,
    '1m30s': 90_000,
    '1h': 3_600_000,
    '1h2m3s4ms': 3_723_004,
    '1.5h': 5_400_000,
    '1.5s500ms': 2000,
    '1us': 0.001,
    '1ns': 0.000_001,
    // Go takes the micro sign and the Greek letter alike.
    '1\u00b5s': 0.001,
    '1\u03bcs': 0.001,
    '90m': 5_400_000,
    '1s1s': 2000,
  };
  for (const read of [durationMs, goDurationMs])
    for (const [text, ms] of Object.entries(known))
      assert.ok(Math.abs(read('f', text) - ms) < 1e-9, `${text}: ${read('f', text)}`);
});

test('a person may write days and weeks; OpenFaaS’s own settings are Go’s', () => {
  const day = 86_400_000;
  for (const [text, ms] of Object.entries({
    '7d': 7 * day,
    '2w': 14 * day,
    '1d12h': 1.5 * day,
    '0.5d': day / 2,
  })) {
    assert.equal(durationMs('f', text), ms, text);
    assert.throws(() => goDurationMs('f', text), { code: 'bad_value' }, text);
  }
  assert.throws(() => durationMs('f', '999999999w'), { code: 'bad_value' }, 'no clock counts that far');
  assert.throws(() => durationMs('f', 'soon'), { message: /units: ms, s, m, h, d, w/ });
  assert.throws(() => goDurationMs('f', 'soon'), { message: /units: ms, s, m, h\)/ });
});

test('what is no duration is refused by the name of its field', () => {
  refusesAll(goDurationMs, ['1d', '1w']);
  refusesAll(durationMs, [
    '',
    's',
    '60.5',
    '1 s',
    '1m 30s',
    '-30s',
    '+30s',
    '1dd',
    '1D',
    '1M',
    '1S',
    's1',
    '1s1',
    'x1s',
    '1sx',
    '1s\n',
    '1.s',
    '1e3s',
    'Infinity',
    '1'.repeat(10),
    '1'.repeat(10) + 's',
    '__proto__',
  ]);
});

test('a whole number is digits, within its bounds', () => {
  assert.equal(wholeNumber('f', '1', 1, 10), 1);
  assert.equal(wholeNumber('f', '10', 1, 10), 10);
  assert.equal(wholeNumber('f', '007', 1, 10), 7);
  refusesAll(
    (field, text) => wholeNumber(field, text, 1, 10),
    ['', '0', '11', '-1', '1.0', '1e1', ' 1', '0x1', 'one', '1'.repeat(400)],
  );
});

test('a switch is true or 1, false or 0, and nothing else', () => {
  assert.deepEqual(
    ['true', '1', 'false', '0'].map((text) => flag('f', text)),
    [true, true, false, false],
  );
  refusesAll(flag, ['', 'True', 'TRUE', 'yes', 'no', 'on', '2', 'false ', '__proto__']);
});
