import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WherryError } from '@wherry/core/errors';
import { configuration } from './config/resolve.ts';
import { GatewayLog } from './machine/gateway-log.ts';
import { buildDashboard } from './start/dashboard-build.ts';
import { GatewayServer } from './start/gateway-server.ts';
import { closeInherited } from './start/inherited-descriptors.ts';
import { StartRefused } from './start/refusal.ts';
import { shutdown } from './start/shutdown.ts';
import { welcome } from './start/welcome.ts';
import { deploySamples } from './start/samples.ts';

type Env = Readonly<Record<string, string | undefined>>;

const root = join(import.meta.dirname, '../../..');

/**
 * Runs the gateway in the foreground until it is told to stop. Resolves with the exit code: 0 after an orderly end, 1 when it could not
 * start, with one line that says why and what to do.
 */
export async function runServer(argv: readonly string[], env: Env): Promise<number> {
  closeInherited();
  try {
    const config = await configuration(argv, env, join(root, 'examples'));
    const log = new GatewayLog(config.settings);
    const release = { release: version(), sha: env['WHERRY_SHA'] ?? 'source' };
    const server = await GatewayServer.start(config, release, env, log);
    const ended = shutdown(server, log, env['WHERRY_LAUNCHER_PID']);
    const samples = config.samples === undefined ? [] : await deploySamples(server, config.samples, log);
    if (log.isForPrograms) log.info(`ready ${server.url}`);
    else process.stdout.write(welcome(server, samples));
    const endBuild = buildDashboard(env['WHERRY_DASHBOARD_BUILDER'], log);
    await ended;
    endBuild();
    await log.close();
    return 0;
  } catch (error) {
    if (!(error instanceof StartRefused) && !(error instanceof WherryError)) throw error;
    process.stderr.write(`wherry: ${oneLine(error.message)}. Next: ${oneLine(error.next)}\n`);
    return 1;
  }
}

/** A path or a value in it may hold anything. */
function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
  return text.replace(/[\0-\x1f\x7f-\x9f]/g, '·');
}

function version(): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
}
