import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seed } from '@wherry/testkit/seeded';
import { BrokenPromise, runOnce, type Scenario, Soak } from './scenario.ts';

/** Declares the short sizes of scenarios as tests, and their controls: each must find that its guard is missing. */
export function shortRuns(scenarios: readonly Scenario[]): void {
  for (const { id, promise, unit, short, lacking, prove, controls } of scenarios) {
    const lacks = lacking?.();
    const skip = lacks ?? false;
    test(`${id}: ${promise} (${short} ${unit})`, { skip }, async (t) => {
      t.diagnostic(`WHERRY_FUZZ_SEED=${seed}`);
      await runOnce(new Soak(short, seed), prove).catch((error: Error) => {
        error.message = `WHERRY_FUZZ_SEED=${seed}: ${error.message}`;
        throw error;
      });
    });
    for (const { without, size, prove: broken } of controls)
      test(`${id} finds that there is no more of: ${without}`, { skip }, async () => {
        await assert.rejects(runOnce(new Soak(size, seed), broken), BrokenPromise);
      });
  }
}
