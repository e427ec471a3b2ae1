#!/usr/bin/env node
// `npm run check`: types (those of the dashboard are its own), lint, format and boundaries, side by side; one line each, and the output of what failed.
// Plain JavaScript that Node 18 can run; the tools themselves run under a recent Node.
//
//   npm run check                 all five
//   npm run check -- types lint   some of them
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  ensureInstalled,
  ensureNode24,
  launch,
  reportTo,
  requireLauncherNode,
  SetupError,
} from './toolchain.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const report = reportTo(process.stderr);
const CHECKS = {
  types: ['node_modules/typescript/bin/tsc', '--noEmit', '--pretty', 'false', '-p', '.'],
  pages: ['node_modules/typescript/bin/tsc', '--noEmit', '--pretty', 'false', '-p', 'apps/dashboard'],
  lint: ['node_modules/oxlint/bin/oxlint', '--format=unix', '--deny-warnings'],
  format: ['node_modules/@biomejs/biome/bin/biome', 'format', '--reporter=summary', '.'],
  boundaries: ['scripts/test.mjs', 'test/boundaries'],
};
const HINTS = { format: '`npm run format` repairs this' };

await launch(async () => {
  requireLauncherNode();
  const unknown = process.argv.slice(2).find((name) => !Object.hasOwn(CHECKS, name));
  if (unknown)
    throw new SetupError(`no check is called ${unknown}; there are ${Object.keys(CHECKS).join(', ')}`);
  await ensureInstalled(root, { dev: true }, report);
  await ensureInstalled(path.join(root, 'apps', 'dashboard'), {}, report);
  const node = await ensureNode24(root, report);
  const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(CHECKS);
  const results = await Promise.all(chosen.map((name) => runCheck(node, name)));
  return results.every(Boolean) ? 0 : 1;
});

async function runCheck(node, name) {
  const started = Date.now();
  const child = spawn(node, CHECKS[name], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      output += chunk;
    });
  }
  const code = await new Promise((resolve) => child.once('close', resolve));
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  const hint = code !== 0 && HINTS[name] ? `; ${HINTS[name]}` : '';
  const detail = code === 0 ? '' : `${output.trimEnd().replace(/^(?=.)/gm, '  ')}\n`;
  process.stdout.write(`${name.padEnd(10)} ${code === 0 ? 'ok' : 'failed'} (${seconds} s)${hint}\n${detail}`);
  return code === 0;
}
