import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { pack } from './archive.ts';

const manifest = { runtime: 'node', entry: 'handler.js', signature: 'auto' };

test('an archive leaves nothing behind when it is discarded, and when it was never made', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'to-pack-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const from = join(folder, 'handler.js');
  writeFileSync(from, '1');
  const file = { path: 'handler.js', from, size: 1, executable: false };
  const before = { temporary: process.env['TMPDIR'] ?? tmpdir(), listeners: process.listenerCount('exit') };
  t.after(() => (process.env['TMPDIR'] = before.temporary));
  process.env['TMPDIR'] = folder;

  const archive = await pack(manifest, [file]);
  assert.ok(existsSync(archive.path));
  archive.discard();
  assert.equal(existsSync(dirname(archive.path)), false);

  await assert.rejects(pack(manifest, [{ ...file, size: 2 }]), { code: 'changed' });
  await assert.rejects(pack(manifest, [{ ...file, from: join(folder, 'absent') }]), { code: 'ENOENT' });
  assert.equal(process.listenerCount('exit'), before.listeners);
  assert.deepEqual(readdirSync(folder), ['handler.js']);
});
