#!/usr/bin/env node
// `npm test`: every *.test.ts under node:test, each in a process of its own, two at a time.
// Plain JavaScript that Node 18 can run; it fetches what is missing and starts again under a recent Node.
//
//   npm test                                everything
//   npm test -- packages/core queue         files whose path contains one of these
//   npm test -- --test-name-pattern=wake    other flags go to Node
//
// With CI set, a skipped test counts as failed unless test/allowed-skips.json names it.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Tally } from './test-tally.mjs';
import { helpAtTop, launchUnderNode24, root } from './launcher.mjs';
import { runInForeground } from './toolchain.mjs';

const FILES_AT_ONCE = 2;
const FILE_TIMEOUT_MS = 900_000;
const OUTPUT_LIMIT = 64 * 1024;
const running = new Set();

helpAtTop(import.meta.url);
await launchUnderNode24({ dev: true }, async (node) => {
  if (node !== process.execPath)
    return runInForeground(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)]);
  return runAll(process.argv.slice(2));
});

async function runAll(args) {
  const flags = args.filter((arg) => arg.startsWith('-'));
  const filters = args.filter((arg) => !arg.startsWith('-')).map((arg) => arg.replace(/^\.\//, ''));
  const files = testFiles(root)
    .map((file) => path.relative(root, file).split(path.sep).join('/'))
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
    .sort();
  const allowed = JSON.parse(fs.readFileSync(path.join(root, 'test/allowed-skips.json'), 'utf8'));
  const tally = new Tally(process.env.CI ? allowed : undefined, (line) => process.stdout.write(`${line}\n`));
  stopWithUs();
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'wherry-test-'));
  try {
    const queue = [...files];
    const worker = async () => {
      for (let file = queue.shift(); file; file = queue.shift()) await runFile(file, flags, scratch, tally);
    };
    await Promise.all(Array.from({ length: FILES_AT_ONCE }, worker));
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
  return tally.finish() ? 0 : 1;
}

async function runFile(file, flags, scratch, tally) {
  const started = Date.now();
  const resultFile = path.join(scratch, `${file.replaceAll('/', '+')}.ndjson`);
  const args = [
    '--disable-warning=ExperimentalWarning',
    `--test-reporter=${new URL('./test-reporter.mjs', import.meta.url)}`,
    `--test-reporter-destination=${resultFile}`,
    ...flags,
    path.join(root, file),
  ];
  // A group of its own, so that whatever a stuck test has started can be ended with it.
  const child = spawn(process.execPath, args, {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: testEnvironment(),
  });
  running.add(child);
  let output = '';
  const keep = (chunk) => {
    if (output.length < OUTPUT_LIMIT) output += chunk;
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  let problem;
  const timer = setTimeout(() => {
    problem = `did not end within ${FILE_TIMEOUT_MS / 1000} s; something keeps it alive`;
    endGroup(child);
  }, FILE_TIMEOUT_MS);
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      problem = error.message;
      resolve(1);
    });
    child.once('exit', (exitCode, signal) => resolve(exitCode ?? signal));
  });
  clearTimeout(timer);
  endGroup(child);
  running.delete(child);
  tally.add(file, readResults(resultFile), { code, milliseconds: Date.now() - started, output, problem });
}

function readResults(file) {
  if (!fs.existsSync(file)) return [];
  // A process that was killed may leave half a line.
  const complete = fs.readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return complete.map((line) => JSON.parse(line));
}

/** Tests must not notice that they run inside another test run, nor which clone's cache is warm. */
function testEnvironment() {
  const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
  // An official run is to say what a change has broken, so it tries the same inputs every time; all others try new ones.
  if (env.CI) env.WHERRY_FUZZ_SEED ??= '20261127';
  return { ...env, NODE_COMPILE_CACHE: path.join(root, 'node_modules/.cache/wherry') };
}

function endGroup(child) {
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
  } catch {
    // Already gone, which is the usual case.
  }
}

function stopWithUs() {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ]) {
    process.once(signal, () => {
      for (const child of running) endGroup(child);
      process.exit(code);
    });
  }
}

function testFiles(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name.startsWith('.')) return [];
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) return testFiles(full);
    return entry.name.endsWith('.test.ts') ? [full] : [];
  });
}
