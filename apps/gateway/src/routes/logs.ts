import { unknownFunction } from '@wherry/engine/functions/deployer';
import { WherryError } from '@wherry/core/errors';
import type { LogLine } from '@wherry/core/log-line';
import { type FunctionName, fullName, printable } from '@wherry/core/names';
import { type LogFilter, logFilter } from '@wherry/core/rules/log-filter';
import { isBeyond, reachOf } from '@wherry/wire/log-reach';
import { decodeLogQuery, encodeLogLine, logContentType } from '@wherry/wire/logs';
import type { Handler } from '../http/router.ts';
import { whileAllowed } from '../http/while-allowed.ts';
import type { Server } from '../start/server.ts';

/** A reader that does not keep up with what it follows is cut off here rather than held in memory. */
const maxBehindBytes = 8 * 2 ** 20;

/** NDJSON lines of a function's instances, living and dead; with `follow`, those to come as they come. */
export function logs({ platform }: Server): Handler {
  return async (exchange) => {
    const { target, tail, follow, call, detail, filter } = decodeLogQuery(exchange.query);
    exchange.about(target);
    const { response } = exchange;
    const chosen = call === undefined ? filter : { ...filter, ...(await whileItRan(platform, target, call)) };
    const query = { target, ...chosen, ...(tail === undefined ? {} : { tail }) };
    const wanted = logFilter(chosen);
    const send = (lines: readonly LogLine[]): void => {
      if (response.writableLength > maxBehindBytes) response.destroy();
      else response.write(lines.map((line) => encodeLogLine(line, detail)).join(''));
    };
    // Subscribed before the archive is read, so that no line falls between; what comes meanwhile is held back.
    let early: LogLine[] | undefined = [];
    const stop = follow
      ? platform.logBook.follow(target, (lines) => {
          const heard = lines.filter(wanted);
          if (early !== undefined) early.push(...heard);
          else if (heard.length > 0) send(heard);
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
    whileAllowed(exchange, platform, { scope: 'read', target });
    const known = reachOf(archived);
    const missed = early.filter((line) => isBeyond(known, line));
    early = undefined;
    if (missed.length > 0) send(missed);
  };
}

/** What an instance writes for a call may be on its way for a moment after the answer. */
const lateMs = 50;

/** The instance and the time of a call. Others may have run there at the same time: a line does not say whose it is. */
async function whileItRan(
  { recorder, parts }: Server['platform'],
  target: FunctionName,
  id: string,
): Promise<LogFilter> {
  await recorder.flush();
  const [record] = await parts.records.find({ id, target, limit: 1 });
  if (record === undefined)
    throw new WherryError('call_unknown', `no call ${printable(id)} of ${fullName(target)}`, {
      component: 'gateway',
    });
  const { instance, startedAt: since, totalMs } = record;
  if (instance === undefined) return { instance: '-', since }; // it reached none, so it has no lines
  const end = since + totalMs;
  const following = await parts.records.find({ target, since: end, until: end + lateMs, limit: 1_000 });
  const next = following.filter((other) => other.instance === instance).map(({ startedAt }) => startedAt);
  return { instance, since, until: Math.min(end + lateMs, ...next) };
}
