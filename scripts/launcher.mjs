// What the launchers share: all that a program needs is fetched, then it runs under a recent Node.
// Plain JavaScript that Node 18 can run.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled, ensureNode24, launch, reportTo, requireLauncherNode } from './toolchain.mjs';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
export const report = reportTo(process.stderr);

/** Runs `main` with the path of a recent Node once the dependencies are there, the developer's too where `dev` says so. */
export function launchUnderNode24({ dev = false }, main) {
  return launch(async () => {
    requireLauncherNode();
    await ensureInstalled(root, { dev }, report);
    return main(await ensureNode24(root, report));
  });
}

/** Prints what stands at the top of a launcher and ends, where that was asked for. */
export function helpAtTop(launcherUrl) {
  if (!process.argv.includes('--help')) return;
  const lines = fs.readFileSync(fileURLToPath(launcherUrl), 'utf8').split('\n').slice(1);
  const top = lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith('//')),
  );
  process.stdout.write(`${top.map((line) => line.slice(3)).join('\n')}\n`);
  process.exit(0);
}

/** The arguments of Node for one of our programs. */
export const program = (file) => ['--disable-warning=ExperimentalWarning', path.join(root, file)];
