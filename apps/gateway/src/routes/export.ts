import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Principal } from '@wherry/core/access';
import type { TableRequest } from '@wherry/wire/table-requests';
import { decodeTableRequest } from '@wherry/wire/table-requests';
import { contentTypes, type TableFormat } from '@wherry/wire/tables/formats';
import type { Exchange } from '../http/exchange.ts';
import type { Handler } from '../http/router.ts';
import { endWhenStill } from '../http/still-reader.ts';
import type { Server } from '../start/server.ts';
import { openTable } from '../tables/open-table.ts';
import { takePlace } from '../tables/reading-places.ts';
import { viewerOf } from '../tables/viewer.ts';
import { written } from '../tables/written.ts';

/** A table as a file: of what the asker may see, as fast as it is taken. */
export function exportTable(server: Server): Handler {
  return (exchange) => answerTable(server, exchange, exchange.param('table'), 'csv');
}

/** The table of usage, in JSON unless another format is asked for. */
export function readUsage(server: Server): Handler {
  return (exchange) => answerTable(server, exchange, 'usage', 'json');
}

async function answerTable(
  { platform }: Server,
  exchange: Exchange,
  table: string,
  usualFormat: TableFormat,
): Promise<void> {
  const now = platform.parts.clock.now();
  const wish = decodeTableRequest(table, exchange.query, now, usualFormat);
  const { function: target } = wish.filters;
  if (target !== undefined) exchange.about(target);
  await sendTable(platform, wish, exchange.principal, exchange.response);
}

/** Once something was sent, a failure can only be told by ending the connection early. */
export async function sendTable(
  platform: Server['platform'],
  { table: name, format, mark, filters }: TableRequest,
  reader: Principal,
  response: ServerResponse,
): Promise<void> {
  const signal = takePlace(reader.name, response);
  const { clock } = platform.parts;
  endWhenStill(response, clock);
  const viewer = viewerOf(reader);
  const now = clock.now();
  const table = await openTable(name, { platform, filters, viewer, now, signal });
  response.writeHead(200, {
    'Content-Type': contentTypes[format],
    'Content-Disposition': `attachment; filename="${name}.${format}"`,
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'Content-Security-Policy': "default-src 'none'; sandbox",
  });
  if (response.req.method === 'HEAD') return void response.end();
  try {
    await pipeline(Readable.from(written(table, format, mark), { highWaterMark: 1 }), response);
  } catch (error) {
    const { code, name: kind } = error as NodeJS.ErrnoException;
    // Who went away needs no telling.
    if (code !== 'ERR_STREAM_PREMATURE_CLOSE' && kind !== 'AbortError') throw error;
  }
}
