import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bearer } from '@wherry/wire/connection';
import { homeOf, type Env } from './environment.ts';
import { LoginStore } from './login-store.ts';
import { openfaasLogin } from './openfaas-logins.ts';
import { isLoopback } from './target.ts';

/** What is sent to say who asks, and who said so. */
export interface Credentials {
  readonly authorization?: string;
  readonly origin: string;
}

/**
 * Credentials for a gateway: flag, WHERRY_TOKEN, the login store, OpenFaaS's login store, the local admin token. The last is only
 * ever sent to this machine: an address in a variable or a stack file must not be able to draw it out.
 */
export async function resolveCredentials(
  url: string,
  flag: string | undefined,
  env: Env,
): Promise<Credentials> {
  if (flag) return { authorization: bearer(flag), origin: '--token' };
  if (env['WHERRY_TOKEN']) return { authorization: bearer(env['WHERRY_TOKEN']), origin: 'WHERRY_TOKEN' };
  const store = new LoginStore(homeOf(env));
  const login = store.find(url);
  if (login !== undefined)
    return { authorization: login.authorization, origin: `wherry login, ${store.path}` };
  const other = await openfaasLogin(url, env);
  if (other !== undefined)
    return { authorization: other.authorization, origin: `faas-cli login, ${other.path}` };
  if (!isLoopback(url)) return { origin: 'none: the local admin token is only sent to this machine' };
  const path = join(homeOf(env), 'admin.token');
  try {
    return { authorization: bearer(readFileSync(path, 'utf8').trim()), origin: path };
  } catch {
    return { origin: 'none' };
  }
}
