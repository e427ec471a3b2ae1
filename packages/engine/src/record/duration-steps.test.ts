import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationStep, durationSteps } from './duration-steps.ts';

test('bounds ascend, and none is more than a quarter above the one before', () => {
  for (let i = 1; i < durationSteps.length; i++) {
    const [before, bound] = [durationSteps[i - 1] as number, durationSteps[i] as number];
    assert.ok(bound > before && bound <= before * 1.25, `${before} ${bound}`);
  }
});

test('a duration is counted under the first bound that it does not exceed', () => {
  const plain = (seconds: number): number => {
    const at = durationSteps.findIndex((bound) => seconds <= bound);
    return at < 0 ? durationSteps.length : at;
  };
  const edges = durationSteps.flatMap((bound) => [bound * (1 - 2e-16), bound, bound * (1 + 4e-16)]);
  const spread = Array.from({ length: 10_000 }, (_, i) => 1e-6 * 1.0025 ** i);
  for (const seconds of [0, -1, 1e-9, ...edges, ...spread, 511.9, 512, 513, 1e9, Infinity])
    assert.equal(durationStep(seconds), plain(seconds), `${seconds} s`);
});
