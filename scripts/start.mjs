#!/usr/bin/env node
// `npm start`: from a bare clone to a running server with two sample functions.
// Plain JavaScript that Node 18 can run, because it may be what brings Node 24.
//
//   npm start                       server on loopback, with the samples
//   npm start -- --port 9000        further arguments go to `wherry server`
import path from 'node:path';
import { launchUnderNode24, root } from './launcher.mjs';
import { runInForeground } from './toolchain.mjs';

await launchUnderNode24({}, (node) => {
  const wherry = path.join(root, 'apps', 'cli', 'bin', 'wherry.mjs');
  // The server watches this process id, so that it ends with us even if we are killed outright.
  const env = {
    ...process.env,
    WHERRY_LAUNCHER_PID: String(process.pid),
    // Run once calls are answered: nobody waits for the dashboard's tools to be fetched.
    WHERRY_DASHBOARD_BUILDER: path.join(root, 'scripts', 'dashboard.mjs'),
  };
  return runInForeground(node, [wherry, 'server', '--samples', ...process.argv.slice(2)], env);
});
