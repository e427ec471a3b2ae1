import { tableNames } from '@wherry/core/table-filters';
import { tableFormats } from '@wherry/wire/tables/formats';
import { namespaceOption, type OptionSpec } from '../command.ts';
import type { Options } from '../options.ts';

export const tableList = tableNames.join(', ');

export const formatOption: OptionSpec = {
  flags: '--format <FORMAT>',
  says: `${tableFormats.join(', ')} (what FILE ends with, else csv)`,
  choices: tableFormats,
};

/** What of a table is wanted: names as the API has them. Which table knows which, the gateway says. */
export const filterOptions: readonly OptionSpec[] = [
  { flags: '--function <NAME>', says: 'only of this function' },
  namespaceOption,
  { flags: '--since <WHEN>', says: 'from so long ago (24h, 7d), or from a time on' },
  { flags: '--until <WHEN>', says: 'up to then' },
  { flags: '--failed', says: 'calls: only those answered with 500 or more; ends: those nobody asked for' },
  { flags: '--cold', says: 'calls: only those that had to wake an instance' },
  { flags: '--level <LEVEL>', says: 'logs: lines at least as bad' },
  {
    flags: '--text <TEXT>',
    says: 'logs: lines that contain it; calls, functions, instances, ends, queue: rows that the dashboard finds by it',
  },
  { flags: '--instance <ID>', says: 'logs, ends: of this instance' },
  { flags: '--of-version <NUMBER>', says: 'logs: of this version' },
  { flags: '--state <STATE>', says: 'queue: waiting, running, done, dead or cancelled' },
  { flags: '--lane <LANE>', says: 'queue: of this lane, such as "channel ops"' },
  { flags: '--who <TOKEN>', says: 'audit: by this token' },
  { flags: '--what <CHANGE>', says: 'audit: changes of this kind, such as deployFunction' },
  { flags: '--about <NAME>', says: 'audit: of what has this name' },
  { flags: '--outcome <OUTCOME>', says: 'audit: done, refused or unknown' },
  { flags: '--query <QUERY>', says: 'metrics: what to ask of them, as for wherry query' },
  { flags: '--step <DURATION>', says: 'metrics: how far apart points are' },
  { flags: '--by <WHAT>', says: 'usage: function or namespace' },
  { flags: '--every <PERIOD>', says: 'usage: a row for each hour, day, week or month' },
  { flags: '--zone <ZONE>', says: 'usage: whose days, such as Europe/Berlin (UTC)' },
  { flags: '--limit <COUNT>', says: 'at most so many rows' },
  { flags: '--mark', says: 'begin CSV with the mark by which Excel knows UTF-8' },
];

const texts = [
  ...([
    'function',
    'namespace',
    'since',
    'until',
    'level',
    'text',
    'instance',
    'state',
    'lane',
    'query',
  ] as const),
  ...(['who', 'what', 'about', 'outcome', 'step', 'by', 'every', 'zone', 'limit', 'format'] as const),
];

export function tableQuery(options: Options): Readonly<Record<string, string>> {
  const given = texts.flatMap((name) => {
    const text = options.text(name);
    return text === undefined ? [] : [[name, text] as const];
  });
  const flags = (['failed', 'cold', 'mark'] as const).filter((name) => options.flag(name));
  const version = options.text('ofVersion');
  return {
    ...Object.fromEntries(given),
    ...Object.fromEntries(flags.map((name) => [name, '1'])),
    ...(version === undefined ? {} : { version }),
  };
}
