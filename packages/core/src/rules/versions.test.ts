import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment, FunctionRecord } from '../function.ts';
import {
  aborted,
  aliased,
  deploymentAt,
  goneLive,
  ledVersions,
  mostVersions,
  stepBack,
  tried,
  unaliased,
} from './versions.ts';

const version = (number: number): Deployment => ({
  spec: { namespace: 'openfaas-fn', name: 'hello', image: `image:${number}` },
  version: number,
  createdAt: number,
});

const first: FunctionRecord = {
  namespace: 'openfaas-fn',
  name: 'hello',
  revision: 1,
  active: version(1),
  createdAt: 1,
};

const deployed = (upTo: number, from = first): FunctionRecord => {
  let record = from;
  for (let n = from.active.version + 1; n <= upTo; n++) record = goneLive(record, version(n));
  return record;
};

const numbers = ({ active, kept = [] }: FunctionRecord): number[] =>
  [active, ...kept].map((one) => one.version);

test('a record of a function that was deployed once is what it was in earlier releases', () => {
  assert.deepEqual(Object.keys(aborted(first)), ['namespace', 'name', 'revision', 'active', 'createdAt']);
});

test('the newest versions are kept, and others as long as an alias or a trial names them', () => {
  const named = aliased(deployed(3), { name: 'old', shares: [{ version: 1, weight: 1 }] });
  const many = deployed(20, named);
  assert.deepEqual(numbers(many), [20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 1]);
  assert.equal(mostVersions, 10);
  assert.deepEqual(numbers(unaliased(many, 'old')), [20, 19, 18, 17, 16, 15, 14, 13, 12, 11]);
});

test('going back leads step by step to what was live before, and never into what was gone back from', () => {
  const back = (record: FunctionRecord): FunctionRecord =>
    goneLive(record, deploymentAt(record, stepBack(record) as number));
  const once = back(deployed(5));
  assert.equal(once.active.version, 4);
  const twice = back(once);
  assert.equal(twice.active.version, 3);
  const fixed = goneLive(twice, version(6));
  assert.equal(stepBack(fixed), 3, 'not 5 and not 4, which were both left');
  const forth = goneLive(twice, version(5));
  assert.equal(forth.withdrawn?.includes(5), false, 'named, it is welcome again');
  assert.equal(stepBack(first), undefined);
});

test('a trial is beside the live version; a new one takes its place, and a deploy ends it', () => {
  const trial = tried(deployed(2), version(3), { version: 3, percent: 10 });
  assert.equal(stepBack(trial), 2, 'first the trial ends');
  assert.deepEqual([trial.active.version, trial.canary?.version, [...ledVersions(trial)]], [2, 3, [2, 3]]);
  const other = tried(trial, version(4), { version: 4, percent: 5 });
  assert.deepEqual([other.active.version, other.canary?.version, other.withdrawn], [2, 4, [3]]);
  const over = goneLive(other, version(5));
  assert.deepEqual([over.canary, over.withdrawn, stepBack(over)], [undefined, [3, 4], 2]);
  const promoted = goneLive(trial, version(3));
  assert.deepEqual([promoted.canary, promoted.withdrawn, stepBack(promoted)], [undefined, undefined, 2]);
  assert.deepEqual([aborted(trial).canary, stepBack(aborted(trial))], [undefined, 1]);
});

test('every change raises the revision by one and none changes what it was given', () => {
  const before = structuredClone(first);
  assert.equal(tried(first, version(2), { version: 2, percent: 1 }).revision, 2);
  assert.equal(aliased(first, { name: 'a', shares: [{ version: 1, weight: 1 }] }).revision, 2);
  assert.deepEqual(first, before);
});

test('an alias names versions that there are', () => {
  assert.throws(() => aliased(first, { name: 'a', shares: [{ version: 2, weight: 1 }] }), {
    code: 'version_unknown',
    message: /version 2/,
  });
  assert.throws(() => unaliased(first, 'a'), { code: 'version_unknown' });
});
