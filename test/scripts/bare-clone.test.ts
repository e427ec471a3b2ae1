// What `npx wherry` does in a clone where nothing was installed: it is ours, and no registry is asked for a package of that name.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';

const root = join(import.meta.dirname, '../..');

/** As git has it: what lies here for npm, and the launcher, without anything that was installed. */
function bareClone(t: TestContext): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'wherry-bare-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const manifests = ['apps', 'packages'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => `${group}/${name}/package.json`),
  );
  for (const name of ['package.json', 'package-lock.json', 'scripts', 'apps/cli', 'docs', ...manifests])
    cpSync(join(root, name), join(folder, name), {
      recursive: true,
      filter: (path) => basename(path) !== 'node_modules',
    });
  return folder;
}

for (const where of ['.', 'docs', 'apps/cli/src'])
  test(`npx wherry before the set-up says what to do, and asks no registry: in ${where}`, (t) => {
    const clone = bareClone(t);
    // Nothing listens at port 1: whoever asks the registry fails of that.
    const registry = { npm_config_registry: 'http://127.0.0.1:1', npm_config_fetch_retries: '0' };
    const { status, stderr } = spawnSync('npx', ['wherry', 'list'], {
      cwd: join(clone, where),
      env: {
        PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
        HOME: clone,
        npm_config_cache: join(clone, '.npm'),
        ...registry,
      },
      encoding: 'utf8',
    });
    assert.equal(status, 1, stderr);
    assert.equal(
      stderr.replace(/\(\S+ is missing\)/, '(… is missing)'),
      `wherry: this clone is not set up yet (… is missing). Next: npm start, in ${clone}/\n`,
    );
  });
