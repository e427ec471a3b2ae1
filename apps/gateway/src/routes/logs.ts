import { unknownFunction } from '@wherry/engine/functions/deployer';
import type { LogLine } from '@wherry/core/log-line';
import { decodeLogQuery, encodeLogLine, logContentType } from '@wherry/wire/logs';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

/** A reader that does not keep up with what it follows is cut off here rather than held in memory. */
const maxBehindBytes = 8 * 2 ** 20;

/** NDJSON lines of a function's instances, living and dead; with `follow`, those to come as they come. */
export function logs({ platform }: Server): Handler {
  return async (exchange) => {
    const { target, instance, tail, since, follow } = decodeLogQuery(exchange.query);
    exchange.about(target);
    const { response } = exchange;
    const query = {
      target,
      ...(instance === undefined ? {} : { instance }),
      ...(tail === undefined ? {} : { tail }),
      ...(since === undefined ? {} : { since }),
    };
    const wanted = (line: LogLine): boolean => instance === undefined || line.instance === instance;
    const send = (lines: readonly LogLine[]): void => {
      if (response.writableLength > maxBehindBytes) response.destroy();
      else response.write(lines.map(encodeLogLine).join(''));
    };
    // Subscribed before the archive is read, so that no line falls between; what comes meanwhile is held back.
    let early: LogLine[] | undefined = [];
    const stop = follow
      ? platform.logBook.follow(target, (lines) => {
          const chosen = lines.filter(wanted);
          if (early !== undefined) early.push(...chosen);
          else if (chosen.length > 0) send(chosen);
        })
      : () => undefined;
    response.once('close', stop);
    const archived = await platform.logBook.read(query);
    if (archived.length === 0 && platform.functions.get(target) === undefined) {
      stop();
      throw unknownFunction(target);
    }
    response.writeHead(200, {
      'Content-Type': logContentType,
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
    });
    response.flushHeaders();
    if (archived.length > 0) send(archived);
    if (!follow) return void response.end();
    const last = archived.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
    const missed = early.filter((line) => line.at > last);
    early = undefined;
    if (missed.length > 0) send(missed);
  };
}
