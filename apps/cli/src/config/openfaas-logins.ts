import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { homedir } from 'node:os';
import { bearer } from '@wherry/wire/connection';
import type { Env } from './environment.ts';

/** What OpenFaaS's CLI stored for a gateway with its own `login`; undefined where it has nothing. */
export async function openfaasLogin(
  gateway: string,
  env: Env,
): Promise<{ authorization: string; path: string } | undefined> {
  const folder = env['OPENFAAS_CONFIG'] || join(env['HOME'] || homedir(), '.openfaas');
  const path = join(folder, 'config.yml');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  // Most commands don't need it, and reading YAML takes a tenth of their time.
  if (!text.includes(new URL(gateway).host)) return undefined;
  const { parse } = await import('yaml');
  const found = entries(parse(text, { maxAliasCount: 10 })).find(
    (entry) => entry.gateway.replace(/\/+$/, '') === gateway,
  );
  if (found === undefined) return undefined;
  return { authorization: found.auth === 'basic' ? `Basic ${found.token}` : bearer(found.token), path };
}

function entries(content: unknown): { gateway: string; auth: string; token: string }[] {
  const auths = (content as { auths?: unknown } | null)?.auths;
  if (!Array.isArray(auths)) return [];
  return (auths as Record<string, unknown>[]).flatMap((entry) => {
    const { gateway, auth, token } = entry ?? {};
    if (typeof gateway !== 'string' || typeof auth !== 'string' || typeof token !== 'string') return [];
    return [{ gateway, auth, token }];
  });
}
