import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from '@wherry/wire/client-error';
import { usageError } from '../failures.ts';
import { homeOf, type Env } from './environment.ts';

/** What a running gateway writes into its home. */
interface ServerFile {
  readonly pid: number;
  readonly url: string;
}

const nobodyHere = 'the default, as no server runs here';

/** Whether there is a gateway to ask: one was named, or runs on this machine. */
export function runsHere({ origin }: Target): boolean {
  return origin !== nobodyHere;
}

/**
 * Which gateway is meant: flag, WHERRY_URL, what the stack file says, OPENFAAS_URL, the running local server, the default. A stack file that names the
 * default address says no more than that nobody changed it, and a server may run here on another.
 */
export function resolveTarget(flag: string | undefined, env: Env, inStack?: string): Target {
  const ofStack =
    inStack !== undefined && !/^(?:https?:\/\/)?(?:127\.0\.0\.1|localhost):8080\/?$/i.test(inStack);
  const given: readonly (readonly [string, string | undefined])[] = [
    ['--gateway', flag],
    ['WHERRY_URL', env['WHERRY_URL']],
    ['provider.gateway of the stack file', ofStack ? inStack : undefined],
    ['OPENFAAS_URL', env['OPENFAAS_URL']],
  ];
  for (const [origin, text] of given) if (text) return { url: gatewayUrl(text, origin), origin };
  const file = join(homeOf(env), 'server.json');
  const running = readServerFile(file);
  if (running !== undefined)
    return { url: gatewayUrl(running.url, file), origin: `the running server, ${file}` };
  return { url: 'http://127.0.0.1:8080', origin: nobodyHere };
}

/** As OpenFaaS's CLI reads it: `http://` where there is no scheme, no slash at the end. */
export function gatewayUrl(text: string, origin: string): string {
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    throw usageError(
      `${JSON.stringify(text)} (from ${origin}) is not the address of a gateway`,
      'Write it as http://HOST:PORT',
    );
  }
  if (url.username !== '' || url.search !== '' || url.hash !== '') {
    throw usageError(
      `the address from ${origin} carries more than host, port and path`,
      'Keep credentials in --token or wherry login',
    );
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

/** Whether an address is this machine's own. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname);
}

/** A file whose server is gone (killed, or the machine restarted) counts as none. */
function readServerFile(file: string): ServerFile | undefined {
  try {
    const content = JSON.parse(readFileSync(file, 'utf8')) as ServerFile;
    return typeof content.url === 'string' && isAlive(content.pid) ? content : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
