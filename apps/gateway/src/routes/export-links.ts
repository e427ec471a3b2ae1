import { WherryError } from '@wherry/core/errors';
import { neverLinked } from '@wherry/core/table-filters';
import { decodeTableRequest } from '@wherry/wire/table-requests';
import { decodeLinkRequest, encodeToken, type NewLink } from '@wherry/wire/tokens';
import { answerJson } from '../http/json-answer.ts';
import { letIn } from '../http/let-in.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';
import { sendTable } from './export.ts';

/** How long an address lives that nobody gave a time. */
const usualSeconds = 90 * 86_400;

/** An address that programs can refresh which send no headers. The only time that it is seen. */
export function createExportLink(server: Server): Handler {
  const { platform } = server;
  return async (exchange) => {
    const wish = decodeTableRequest(exchange.param('table'), exchange.query, platform.parts.clock.now());
    const { table, format } = wish;
    if (neverLinked.includes(table))
      throw new WherryError('bad_value', `the table ${table} has no address of its own`, {
        component: 'gateway',
      });
    const asked = decodeLinkRequest(await exchange.json());
    const { expiresInSeconds = usualSeconds, name, functions } = asked;
    const link = { table, query: exchange.query.toString() };
    exchange.note({ ...link, functions, seconds: String(expiresInSeconds) });
    const made = await platform.tokens.create(
      { name, scopes: ['read'], functions, lifeMs: expiresInSeconds * 1000, link },
      exchange.principal,
    );
    const path = `/export/${made.token}/${table}.${format}`;
    const url = `${server.tlsUrl ?? server.url}${path}`;
    answerJson(exchange.response, 200, { ...encodeToken(made.record), path, url } satisfies NewLink);
  };
}

/** The table, with the filters that it was made with, and whatever else the address says left aside. */
export function readExportLink({ platform }: Server): Handler {
  return async (exchange) => {
    const { response } = exchange;
    response.setHeader('Referrer-Policy', 'no-referrer');
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('X-Robots-Tag', 'noindex');
    const found = platform.tokens.linked(exchange.param('token'));
    if (found === undefined) throw unknown();
    const { link, principal } = found;
    const now = platform.parts.clock.now();
    const wish = decodeTableRequest(link.table, new URLSearchParams(link.query), now);
    if (exchange.param('file') !== `${link.table}.${wish.format}`) throw unknown();
    await letIn(platform.gatekeeper, principal, () => sendTable(platform, wish, principal, response));
  };
}

function unknown(): WherryError {
  return new WherryError('link_unknown', 'no table has this address', { component: 'gateway' });
}
