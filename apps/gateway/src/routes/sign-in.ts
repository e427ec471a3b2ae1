import type { Principal } from '@wherry/core/access';
import { WherryError } from '@wherry/core/errors';
import { decodeSignIn } from '@wherry/wire/sign-in';
import { encodeNewToken } from '@wherry/wire/tokens';
import { linkLifeMs } from '../dashboard/sign-in-links.ts';
import { answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

/** A browser stays signed in for a working day, unless its tab is closed before. */
const signedInMs = 8 * 3_600_000;

/** Browsers that one token signs in, also by way of one another: beyond them the one that came first is signed out. */
const mostBrowsers = 50;

/** Making tokens takes the admin scope; this one can do no more than its maker. */
const ourselves: Principal = { name: 'dashboard', scopes: ['admin'], functions: '*' };

export function makeSignInLink(server: Server): Handler {
  return ({ response, principal }) => {
    const { dashboardUrl, signInLinks } = server;
    if (dashboardUrl === undefined)
      throw new WherryError('dashboard_off', 'it does not listen', { component: 'dashboard' });
    // In the fragment: it is in no request, no log and no Referer.
    const url = `${dashboardUrl}/#code=${signInLinks.make(principal)}`;
    answerJson(response, 200, { url, expiresInSeconds: linkLifeMs / 1000 });
  };
}

/** Public, because the code is what is shown; it makes a token with no more rights than the link's maker has now. */
export function signIn({ platform, signInLinks }: Server): Handler {
  const { tokens } = platform;
  /** By the name of a browser's token that of the token it comes from; those of before a restart end by themselves. */
  const origins = new Map<string, string>();
  const signOut = async (origin: string): Promise<void> => {
    for (const name of origins.keys()) if (tokens.named(name) === undefined) origins.delete(name);
    const own = [...origins].filter(([, from]) => from === origin).map(([name]) => name);
    for (const name of own.slice(0, Math.max(0, own.length - mostBrowsers))) {
      origins.delete(name);
      await tokens.revoke(name).catch(() => undefined);
    }
  };
  return async (exchange) => {
    const maker = signInLinks.take(decodeSignIn(await exchange.json()));
    const now = tokens.named(maker.name);
    if (now === undefined)
      throw new WherryError('link_spent', 'the token that made it has ended', { component: 'dashboard' });
    const { clock, ids } = platform.parts;
    const end = tokens.list().find(({ name }) => name === maker.name)?.expiresAt ?? Infinity;
    const lifeMs = Math.min(signedInMs, end - clock.now());
    const wish = { name: `dashboard-${ids.shortId()}`, scopes: now.scopes, functions: now.functions, lifeMs };
    exchange.trail?.about({ name: wish.name });
    exchange.note({ scopes: wish.scopes.join(' '), functions: wish.functions, by: maker.name });
    await exchange.trail?.begin();
    const origin = origins.get(maker.name) ?? maker.name;
    const { record, token } = await tokens.create(wish, ourselves);
    origins.set(wish.name, origin);
    await signOut(origin);
    answerJson(exchange.response, 200, encodeNewToken(record, token));
  };
}
