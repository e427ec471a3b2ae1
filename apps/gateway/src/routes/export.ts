import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { WherryError } from '@wherry/core/errors';
import type { TableRequest } from '@wherry/wire/table-requests';
import { decodeTableRequest } from '@wherry/wire/table-requests';
import { contentTypes, type TableFormat } from '@wherry/wire/tables/formats';
import type { Exchange } from '../http/exchange.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';
import { openTable } from '../tables/open-table.ts';
import { type Viewer, viewerOf } from '../tables/viewer.ts';
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
  await sendTable(platform, wish, viewerOf(exchange.principal), exchange.response);
}

/** A few readers must not keep the disk from everybody else. */
const mostAtOnce = 8;
let underWay = 0;

/** Once something was sent, a failure can only be told by ending the connection early. */
export async function sendTable(
  platform: Server['platform'],
  { table: name, format, mark, filters }: TableRequest,
  viewer: Viewer,
  response: ServerResponse,
): Promise<void> {
  if (underWay >= mostAtOnce)
    throw new WherryError('exports_busy', `${underWay} tables are being read already`, {
      component: 'gateway',
      retryAfterS: 10,
    });
  underWay += 1;
  const gone = new AbortController();
  response.once('close', () => {
    underWay -= 1;
    gone.abort();
  });
  const now = platform.parts.clock.now();
  const table = await openTable(name, { platform, filters, viewer, now, signal: gone.signal });
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
