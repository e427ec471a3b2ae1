import { Client } from '@wherry/wire/client';
import { bearer } from '@wherry/wire/connection';

/** The signed-in state of this page. It lives in memory alone: a reload, or closing the tab, ends it. See decision 0019. */
export interface Session {
  readonly token: string;
  readonly client: Client;
  /** What it may do, where that is known: not of a token that was pasted. */
  readonly scopes?: readonly string[];
}

const target = { url: location.origin, origin: 'this page' };

/** Throws `ClientError` where the gateway doesn't take the token. */
export async function sessionOf(token: string, scopes?: readonly string[]): Promise<Session> {
  const client = new Client({ ...target, authorization: bearer(token), timeoutMs: 15_000 });
  await client.info();
  return { token, client, ...(scopes === undefined ? {} : { scopes }) };
}

/** Exchanges the code of a one-time link. Throws `ClientError`. */
export async function signInByCode(code: string): Promise<Session> {
  const { token, scopes } = await new Client({ ...target, timeoutMs: 15_000 }).signIn(code);
  return sessionOf(token, scopes);
}

/** What makes `told` hear of a code that comes later, by a link that is opened in this tab. Returns what ends that. */
export function onCode(told: (code: string) => void): () => void {
  const look = (): void => {
    const code = codeInAddress();
    if (code !== undefined) told(code);
  };
  addEventListener('hashchange', look);
  return () => removeEventListener('hashchange', look);
}

/** The code in the address, which is taken out of the address bar and the tab's history at once. */
export function codeInAddress(): string | undefined {
  const match = /^#code=([\w-]{20,128})$/.exec(location.hash);
  if (match === null) return undefined;
  history.replaceState(null, '', location.pathname + location.search);
  return match[1];
}
