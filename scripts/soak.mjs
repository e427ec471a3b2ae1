#!/usr/bin/env node
// `npm run soak`: the promises of docs/reliability.md, each tried at its full size and with its guards taken away.
// Plain JavaScript that Node 18 can run; the scenarios themselves run under a recent Node.
//
//   npm run soak                           all, less than 45 minutes on two cores
//   npm run soak -- --only D-02,redeploys  those whose number or promise contains one of these
//   npm run soak -- --short --seed 7       the sizes of `npm test`; begin where an earlier run began
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
  const program = ['--disable-warning=ExperimentalWarning', path.join(root, 'test/soak/soak.ts')];
  return runInForeground(node, [...program, ...process.argv.slice(2)]);
});
