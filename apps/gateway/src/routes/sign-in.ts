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
  return async (exchange) => {
    const maker = signInLinks.take(decodeSignIn(await exchange.json()));
    const now = platform.tokens.named(maker.name);
    if (now === undefined)
      throw new WherryError('link_spent', 'the token that made it has ended', { component: 'dashboard' });
    const { clock, ids } = platform.parts;
    const end = platform.tokens.list().find(({ name }) => name === maker.name)?.expiresAt ?? Infinity;
    const lifeMs = Math.min(signedInMs, end - clock.now());
    const wish = { name: `dashboard-${ids.shortId()}`, scopes: now.scopes, functions: now.functions, lifeMs };
    exchange.trail?.about({ name: wish.name });
    exchange.note({ scopes: wish.scopes.join(' '), functions: wish.functions, by: maker.name });
    await exchange.trail?.begin();
    const { record, token } = await platform.tokens.create(wish, ourselves);
    answerJson(exchange.response, 200, encodeNewToken(record, token));
  };
}
