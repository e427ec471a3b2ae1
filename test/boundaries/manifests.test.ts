// Workspaces are alike, and what we install runs nothing by itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkLock, checkManifests, type Manifest, readManifests } from './manifests.ts';
import { readText } from './source-tree.ts';

const { version } = JSON.parse(readText('package.json')) as { version: string };

test('every workspace has the same kind of package.json', () => {
  assert.deepEqual(checkManifests(readManifests(), version), []);
});

test('there are at most fifteen workspaces', () => {
  assert.ok(readManifests().length <= 15, 'a sixteenth needs a decision record, and this number raised');
});

test('the lock file runs nothing on install, names no mirror and is whole on every platform', () => {
  assert.deepEqual(
    checkLock(JSON.parse(readText('package-lock.json')) as Parameters<typeof checkLock>[0]),
    [],
  );
});

test('a package.json that differs is found', () => {
  const manifest: Manifest = {
    name: '@wherry/b',
    version: '9.9.9',
    description: 'This and that.',
    dependencies: { yaml: '^2.0.0' },
  };
  assert.equal(checkManifests([{ folder: 'packages/a', manifest }], version).length, 7);
});

test('an install script, a mirror and a missing platform are found', () => {
  const bad = {
    hasInstallScript: true,
    resolved: 'https://mirror.example/a.tgz',
    optionalDependencies: { 'a-darwin-arm64': '1.0.0' },
  };
  assert.equal(checkLock({ packages: { 'node_modules/a': bad } }).length, 3);
});
