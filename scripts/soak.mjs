#!/usr/bin/env node
// `npm run soak`: the promises of docs/reliability.md, each tried at its full size and with its guards taken away.
// Plain JavaScript that Node 18 can run; the scenarios themselves run under a recent Node.
//
//   npm run soak                           all, less than 45 minutes on two cores
//   npm run soak -- --only D-02,redeploys  those whose number or promise contains one of these
//   npm run soak -- --short --seed 7       the sizes of `npm test`; begin where an earlier run began
import { helpAtTop, launchUnderNode24, program } from './launcher.mjs';
import { runInForeground } from './toolchain.mjs';

helpAtTop(import.meta.url);
await launchUnderNode24({}, (node) =>
  runInForeground(node, [...program('test/soak/soak.ts'), ...process.argv.slice(2)]),
);
