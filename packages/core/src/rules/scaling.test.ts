import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scaling } from './scaling.ts';

const of = (labels: Readonly<Record<string, string>>) => scaling((key) => labels[key]);
const key = (name: string) => `com.openfaas.scale.${name}`;

test('a function that says nothing follows its calls in flight, as many per instance as that takes', () => {
  assert.deepEqual(of({}), { type: 'capacity', downWindowMs: 30_000 });
});

test('every label is read as OpenFaaS has it; a target that is not said is the documented one', () => {
  const all = { type: 'rps', target: '20', 'target-proportion': '0.5', 'down.window': '5m' };
  const labels = Object.fromEntries(Object.entries(all).map(([name, value]) => [key(name), value]));
  assert.deepEqual(of(labels), { type: 'rps', target: 20, proportion: 0.5, downWindowMs: 300_000 });
  const targets = ['capacity', 'rps', 'cpu', 'queue'].map((type) => of({ [key('type')]: type }).target);
  assert.deepEqual(targets, [undefined, 50, 500, 50]);
  assert.equal(of({ [key('down.window')]: '0s' }).downWindowMs, 0);
  assert.equal(of({ [key('target-proportion')]: '1' }).proportion, 1);
  assert.equal(of({ [key('target-proportion')]: '.75' }).proportion, 0.75);
});

for (const [name, values] of [
  ['type', ['', 'CPU', 'memory', 'my-recording-rule', '__proto__', 'capacity ']],
  ['target', ['', '0', '-1', '1.5', '1000001', 'many', '1e3', '\u0661']],
  ['target-proportion', ['', '0', '0.001', '1.1', '-0.5', '90%', 'NaN', '0x1']],
  ['down.window', ['', '5m1s', '301', '-1s', 'soon', 'Infinity']],
] as const)
  test(`com.openfaas.scale.${name}: a value that is not understood is refused with the label's name`, () => {
    for (const value of values)
      assert.throws(
        () => of({ [key(name)]: value }),
        (error: { code?: string; message: string }) =>
          error.code === 'bad_value' && error.message.startsWith(`${key(name)}: `),
        JSON.stringify(value),
      );
  });
