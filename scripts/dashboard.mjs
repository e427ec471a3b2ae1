#!/usr/bin/env node
// Builds the dashboard into apps/dashboard/dist, if its sources have changed since it was built last. What builds it is no
// part of what the gateway needs, so it has a lock file of its own, and `npm start` runs this once calls are answered already.
//
//   node scripts/dashboard.mjs            build where needed
//   node scripts/dashboard.mjs --install  only fetch what building and checking it needs
import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { ensureInstalled, ensureNode24, launch, reportTo, SetupError } from './toolchain.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const folder = path.join(root, 'apps', 'dashboard');
const dist = path.join(folder, 'dist');
const stamp = 'built.json';
/** What the page is made of: its own files, and the contract that it imports. */
const sources = ['apps/dashboard', 'packages/wire/src', 'packages/core/src', 'scripts/dashboard.mjs'];

await launch(async () => {
  const tell = reportTo(process.stderr);
  const report = (line) => tell(`dashboard: ${line}`);
  const hash = hashOf(sources.flatMap((name) => filesIn(path.join(root, name))));
  const onlyInstall = process.argv.includes('--install');
  if (!onlyInstall && builtFrom() === hash) return 0;
  await ensureInstalled(folder, {}, report);
  if (onlyInstall) return 0;
  const node = await ensureNode24(root, report);
  // Beside the last one, which is served until this one is whole: two that build at once don't write into each other either.
  const made = path.join(folder, `.dist-${process.pid}`);
  fs.rmSync(made, { recursive: true, force: true });
  try {
    await build(node, made);
    await Promise.all(filesIn(made, () => true).map(compress));
    fs.writeFileSync(path.join(made, stamp), JSON.stringify({ hash }));
    put(made, hash);
  } finally {
    fs.rmSync(made, { recursive: true, force: true });
  }
  return 0;
});

/** Where somebody else has put one meanwhile, theirs stays if it is of the same sources. */
function put(made, hash) {
  while (builtFrom() !== hash) {
    const old = `${made}-old`;
    try {
      if (fs.existsSync(dist)) fs.renameSync(dist, old);
      fs.rmSync(old, { recursive: true, force: true });
      return fs.renameSync(made, dist);
    } catch (error) {
      if (!fs.existsSync(made) || !['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
    }
  }
}

function builtFrom() {
  try {
    return JSON.parse(fs.readFileSync(path.join(dist, stamp), 'utf8')).hash;
  } catch {
    return undefined;
  }
}

function isSource(name) {
  return !/^(node_modules|dist|\..*)$|\.test\.tsx?$/.test(name);
}

function filesIn(place, wanted = isSource) {
  if (fs.statSync(place).isFile()) return [place];
  return fs
    .readdirSync(place, { withFileTypes: true })
    .filter(({ name }) => wanted(name))
    .flatMap(({ name }) => filesIn(path.join(place, name), wanted))
    .sort((a, b) => (a < b ? -1 : 1));
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${path.relative(root, file)}\0`).update(fs.readFileSync(file));
  return hash.digest('hex');
}

async function build(node, out) {
  const vite = path.join(folder, 'node_modules', 'vite', 'bin', 'vite.js');
  const args = [vite, 'build', '--logLevel', 'warn', '--outDir', out];
  const child = spawn(node, args, { cwd: folder, stdio: ['ignore', 2, 2] });
  const stop = () => child.kill('SIGTERM');
  process.once('SIGTERM', stop);
  const code = await new Promise((resolve) => child.once('close', resolve));
  process.off('SIGTERM', stop);
  if (code !== 0) throw new SetupError(`the dashboard could not be built (${code}); the reason is above`);
}

async function compress(file) {
  if (!/\.(html|js|css|svg|json)$/.test(file)) return;
  const bytes = fs.readFileSync(file);
  fs.writeFileSync(`${file}.br`, await promisify(zlib.brotliCompress)(bytes));
  fs.writeFileSync(`${file}.gz`, await promisify(zlib.gzip)(bytes, { level: 9 }));
}
