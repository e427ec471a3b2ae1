#!/usr/bin/env node
// The `wherry` command. Plain JavaScript that Node 18 can run: it finds a Node that runs our sources as they
// are, then hands over. Every command pays for this file, so it loads nothing it doesn't need.
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const clone = fileURLToPath(new URL('../../..', import.meta.url));
const [major, minor] = process.versions.node.split('.').map(Number);
const recent = major >= 24 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);

if (recent) {
  quietExperiments();
  if (process.argv[2] === 'server') becomeServer();
  // Keeps compiled sources between runs; a read-only or missing folder only costs the gain.
  module.enableCompileCache(fileURLToPath(new URL('../../../node_modules/.cache/wherry', import.meta.url)));
  await import('../src/main.ts').catch(explainBareClone);
} else {
  await handOver();
}

/**
 * Begins again, as the same process, with what Node and the C library take only at their start: two heaps for all threads instead of one
 * for each, in which freed memory stays behind (10 MB), and no bookkeeping for asynchronous contexts, which nothing here uses.
 */
function becomeServer() {
  if (process.platform !== 'linux' || process.env.MALLOC_ARENA_MAX || typeof process.execve !== 'function')
    return;
  const flags = process.allowedNodeEnvironmentFlags.has('--no-async-context-frame')
    ? ['--no-async-context-frame']
    : [];
  const args = [process.execPath, ...process.execArgv, ...flags, ...process.argv.slice(1)];
  process.execve(process.execPath, args, { ...process.env, MALLOC_ARENA_MAX: '2' });
}

/** In a clone where nothing was installed, a missing module says less than what to do. */
function explainBareClone(error) {
  const missing = /Cannot find package '([^']+)'/.exec(error?.message ?? '');
  if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !missing) throw error;
  process.stderr.write(
    `wherry: this clone is not set up yet (${missing[1]} is missing). Next: npm start, in ${clone}\n`,
  );
  process.exitCode = 1;
}

/** On an older Node: start the one inside the clone in our place. */
async function handOver() {
  const toolchain = await import('../../../scripts/toolchain.mjs');
  await toolchain.launch(async () => {
    toolchain.requireLauncherNode();
    const node = toolchain.findNode24(clone);
    if (!node) {
      throw new toolchain.SetupError(
        `this is Node ${process.versions.node}, and Wherry runs on 22.18 or newer; ` +
          `npm start fetches one, in ${clone}; or install Node 24 from https://nodejs.org/en/download`,
      );
    }
    return toolchain.runInForeground(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)]);
  });
}

/** Node 22 announces on every run that it strips types, or that SQLite is new. We know. */
function quietExperiments() {
  const emit = process.emitWarning;
  process.emitWarning = (warning, ...rest) => {
    const kind = typeof rest[0] === 'object' ? rest[0]?.type : rest[0];
    if (kind === 'ExperimentalWarning' && /type stripping|sqlite|execve/i.test(String(warning))) return;
    emit.call(process, warning, ...rest);
  };
}
