import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment, FunctionSpec } from '../function.ts';
import { versionChanges } from './version-changes.ts';

const version = (spec: Partial<FunctionSpec>, more: Partial<Deployment> = {}): Deployment => ({
  spec: { namespace: 'openfaas-fn', name: 'hello', image: 'image:1', ...spec },
  version: 1,
  createdAt: 0,
  ...more,
});

test('what changed is told by key, and no value ever is', () => {
  const before = version({
    env: { TOKEN: 'sesame', GONE: 'x', SAME: 'y' },
    secrets: ['api-key'],
    limits: { memory: '64Mi' },
  });
  const after = version({
    image: 'image:2',
    env: { TOKEN: 'open', SAME: 'y', NEW: 'z' },
    labels: { a: 'b' },
    limits: { memory: '128Mi' },
    secrets: ['other'],
  });
  const changes = versionChanges(before, after);
  assert.deepEqual(changes, [
    { what: 'image' },
    { what: 'env', added: ['NEW'], removed: ['GONE'], changed: ['TOKEN'] },
    { what: 'labels', added: ['a'] },
    { what: 'limits', changed: ['memory'] },
    { what: 'secrets', added: ['other'], removed: ['api-key'] },
  ]);
  assert.doesNotMatch(JSON.stringify(changes), /sesame|open/);
});

test('the same name of an image that stands for another package is a change', () => {
  assert.deepEqual(versionChanges(version({}, { package: 'a' }), version({}, { package: 'b' })), [
    { what: 'image' },
  ]);
  assert.deepEqual(versionChanges(version({}), version({})), []);
});
