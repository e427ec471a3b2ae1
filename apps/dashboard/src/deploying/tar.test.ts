import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { tar } from './tar.ts';

test('another tar reads it: names of any length and script, and contents byte for byte', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tar-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const long = `code/${'folder/'.repeat(20)}ünïcödé.js`;
  // Lengths about which a record that counts its own length is easily wrong.
  const edges = Array.from({ length: 12 }, (_, i) => `code/${'x'.repeat(80 + i)}/${'y'.repeat(3 + i)}`);
  const files = ['wherry-package.json', 'code/a.js', long, ...edges].map((path, i) => ({
    path,
    bytes: new Uint8Array(i * 257).fill(i),
  }));
  writeFileSync(join(folder, 'a.tar'), Buffer.concat(tar(files)));
  execFileSync('tar', ['-xf', 'a.tar'], { cwd: folder });
  for (const { path, bytes } of files)
    assert.deepEqual(new Uint8Array(readFileSync(join(folder, path))), bytes, path);
});
