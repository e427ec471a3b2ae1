import { parseRfc3339, rfc3339 } from '@wherry/wire/times';
import { durationMs } from '@wherry/core/rules/quantity';
import { type Command, namespaceOption, targetOptions } from '../command.ts';
import type { Context } from '../context.ts';
import { usageError } from '../failures.ts';
import { escapeLine } from '../output/escape.ts';
import { timeWithDigits } from '../output/times.ts';
import { suggesting } from './suggesting.ts';

const usualLines = 100;

export const command: Command = {
  name: 'logs',
  summary: 'Show what a function wrote.',
  arguments: [{ name: '[NAME]', says: 'the function, NAME or NAME.NAMESPACE', completes: 'function' }],
  options: [
    { flags: '-f, --follow', says: 'go on with what it writes from now on' },
    { flags: '-t, --tail', says: 'the same as --follow', hidden: true },
    {
      flags: '--lines <COUNT>',
      says: `the last so many lines, -1 for all (${usualLines}, all with --since)`,
    },
    { flags: '--since <DURATION>', says: 'only lines of the last 10m, 1h30m, 7d …' },
    { flags: '--since-time <TIME>', says: 'only lines since a time such as 2026-01-31T12:00:00Z' },
    { flags: '--until-time <TIME>', says: 'only lines until such a time' },
    { flags: '--instance <ID>', says: 'only lines of this instance' },
    { flags: '--of-version <NUMBER>', says: 'only lines of this version' },
    { flags: '--call <ID>', says: 'only what its instance wrote while this call ran' },
    { flags: '--text <TEXT>', says: 'only lines that contain it, whatever their case' },
    { flags: '--level <LEVEL>', says: 'only lines at least as bad: debug, info, warn, error' },
    { flags: '--name <NAME>', says: 'the function', hidden: true },
    { flags: '--time-format <FORMAT>', says: 'accepted: times are RFC 3339', hidden: true },
    namespaceOption,
    ...targetOptions,
  ],
  examples: [
    ['logs hello', 'the last lines'],
    ['logs hello -f', 'and those to come, until ctrl-C'],
    ['logs hello --level error --since 24h', 'what went wrong, of instances that are gone too'],
    ['logs hello --since 10m -o ndjson', 'for programs, one object a line'],
  ],
  exits: [3, 4, 5],
  related: ['describe', 'calls'],
  async run(context) {
    const { options, output } = context;
    const name = context.functionName();
    const since = sinceTime(context);
    const call = options.text('call');
    const all = since !== undefined || call !== undefined;
    const lines = options.integer('lines', '--lines') ?? (all ? -1 : usualLines);
    const query = {
      ...name,
      instance: options.text('instance'),
      version: options.integer('ofVersion', '--of-version'),
      text: options.text('text'),
      level: options.text('level'),
      call,
      until: timeOf('--until-time', options.text('untilTime')),
      tail: lines > 0 ? lines : undefined,
      since,
      follow: options.flag('follow') || options.flag('tail') || undefined,
    };
    const { client } = await context.connect();
    await suggesting(client, name, async () => {
      for await (const line of client.readLogs(query)) {
        const prefix = () =>
          output.style.dim(`${escapeLine(timeWithDigits(line.timestamp, 6))} ${escapeLine(line.instance)}`);
        await output.item(line, () => `${prefix()} ${escapeLine(line.text.replace(/\r?\n$/, ''))}`);
      }
    });
  },
};

function sinceTime({ options }: Context): string | undefined {
  const duration = options.text('since');
  const time = options.text('sinceTime');
  if (duration !== undefined && time !== undefined)
    throw usageError('--since and --since-time exclude each other', 'Leave one out');
  if (duration !== undefined) return rfc3339(Date.now() - durationMs('--since', duration));
  return timeOf('--since-time', time);
}

function timeOf(flag: string, time: string | undefined): string | undefined {
  if (time === undefined) return undefined;
  const parsed = parseRfc3339(time);
  if (parsed !== undefined) return rfc3339(parsed);
  throw usageError(`${flag}: ${JSON.stringify(time)} is not a time`, 'Write it as 2026-01-31T12:00:00Z');
}
