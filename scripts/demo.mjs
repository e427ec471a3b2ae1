#!/usr/bin/env node
// `npm run demo`: a gateway with a month behind it, to look around in. Everything is in .demo/, and nothing else is touched.
// Plain JavaScript that Node 18 can run; the demo itself runs under a recent Node.
//
//   npm run demo                    made where there is none of today, then served on 8080, 8081 and 8082, or free ports where others have those
//   npm run demo -- --anew          made again
//   npm run demo -- --pictures      the pictures in docs/images are taken of it, and it ends
//   npm run demo -- --port 9000     also --dashboard-port, --metrics-port, --home FOLDER, --days N, --seed N, --quiet (no traffic)
import path from 'node:path';
import { helpAtTop, launchUnderNode24, program, root } from './launcher.mjs';
import { runInForeground } from './toolchain.mjs';

helpAtTop(import.meta.url);
// What it is made with belongs to the tests.
await launchUnderNode24({ dev: true }, (node) => {
  const env = { ...process.env, WHERRY_DASHBOARD_BUILDER: path.join(root, 'scripts', 'dashboard.mjs') };
  return runInForeground(node, [...program('test/demo/demo.ts'), ...process.argv.slice(2)], env);
});
