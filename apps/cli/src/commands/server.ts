import type { Command } from '../command.ts';
import type { Env } from '../config/environment.ts';

/** Runs the gateway in this process. The one place where the command line reaches into the server. */
export async function serve(argv: readonly string[], env: Env): Promise<number> {
  const { runServer } = await import('@wherry/gateway/main');
  return runServer(argv, env);
}

export const command: Command = {
  name: 'server',
  summary: 'Run the gateway in the foreground, until ctrl-C.',
  details:
    'It prints "ready URL" when calls are answered, and makes an admin token at its first start.\n' +
    'Every setting is a flag here, a WHERRY_… variable and a line of config.yaml: wherry config lists them.',
  options: [
    { flags: '--host <ADDRESS>', says: 'address to listen on (127.0.0.1)' },
    {
      flags: '--port <PORT>',
      says: 'port of the API and the functions (8080); 0 takes any free ones, for all three',
    },
    { flags: '--dashboard-port <PORT>', says: 'port of the dashboard (8081)' },
    { flags: '--metrics-port <PORT>', says: 'port of /metrics (8082)' },
    { flags: '--home <FOLDER>', says: 'data folder (~/.wherry)' },
    { flags: '--isolation <LEVEL>', says: 'least isolation to accept: auto, full, partial or none' },
    { flags: '--samples', says: 'deploy two sample functions' },
  ],
  examples: [
    ['server', 'on http://127.0.0.1:8080'],
    ['server --port 0 --home /tmp/try', 'beside another one'],
  ],
  related: ['doctor', 'config'],
  // main.ts runs the server itself, before anything of the command line is loaded; this is its page of help.
  run: async () => 0,
};
