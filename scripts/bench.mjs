#!/usr/bin/env node
// `npm run bench`: runs every *.bench.ts, one after the other, so that none disturbs another's numbers.
// Plain JavaScript that Node 18 can run; the benchmarks themselves run under a recent Node.
//
//   npm run bench                 all
//   npm run bench -- frames       those whose path contains one of these
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  ensureInstalled,
  ensureNode24,
  launch,
  reportTo,
  requireLauncherNode,
  runInForeground,
} from './toolchain.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const report = reportTo(process.stderr);

await launch(async () => {
  requireLauncherNode();
  await ensureInstalled(root, {}, report);
  const node = await ensureNode24(root, report);
  const filters = process.argv.slice(2);
  const files = benchFiles(root).filter(
    (file) => !filters.length || filters.some((one) => file.includes(one)),
  );
  if (!files.length) report('no benchmark matches');
  let worst = files.length ? 0 : 1;
  for (const file of files) {
    process.stdout.write(`\n${file}\n`);
    worst ||= await runInForeground(node, ['--disable-warning=ExperimentalWarning', path.join(root, file)]);
  }
  return worst;
});

function benchFiles(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name.startsWith('.')) return [];
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) return benchFiles(full);
    return entry.name.endsWith('.bench.ts') ? [path.relative(root, full)] : [];
  });
}
