#!/usr/bin/env node
// `npm run demo`: a gateway with a month behind it, to look around in. Everything is in .demo/, and nothing else is touched.
// Plain JavaScript that Node 18 can run; the demo itself runs under a recent Node.
//
//   npm run demo                    made where there is none of today, then served on 8080, 8081 and 8082
//   npm run demo -- --anew          made again
//   npm run demo -- --port 9000     also --dashboard-port, --metrics-port, --home FOLDER, --days N, --seed N, --quiet (no traffic)
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
  // What it is made with belongs to the tests.
  await ensureInstalled(root, { dev: true }, report);
  const node = await ensureNode24(root, report);
  const env = { ...process.env, WHERRY_DASHBOARD_BUILDER: path.join(root, 'scripts', 'dashboard.mjs') };
  const program = ['--disable-warning=ExperimentalWarning', path.join(root, 'test/demo/demo.ts')];
  return runInForeground(node, [...program, ...process.argv.slice(2)], env);
});
