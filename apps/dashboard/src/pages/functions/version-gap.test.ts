import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VersionInfo } from '@wherry/wire/versions';
import { gapText } from './version-gap.ts';

const list = (length: number) => ({ versions: Array<VersionInfo>(length) });

test('numbers that are missing among versions are accounted for', () => {
  assert.equal(gapText(list(4), 5, 4), undefined);
  assert.equal(gapText(list(4), 5, undefined), undefined);
  assert.equal(gapText(list(4), 4, 2), 'Version 3 never took calls');
  assert.equal(gapText(list(4), 9, 2), 'Versions 3 to 8 never took calls');
  assert.equal(gapText(list(10), 4, 2), 'Version 3 never took calls, or is no longer kept');
  const failedDeploy = { version: 3, at: '', reason: 'oh no', lastWords: [] };
  assert.equal(gapText({ ...list(2), failedDeploy }, 4, 2), 'Version 3 did not start');
});
