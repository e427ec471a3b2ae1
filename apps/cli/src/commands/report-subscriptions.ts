import { reportLengths } from '@wherry/core/report';
import { momentIn } from '../output/schedule-times.ts';
import type { SubscriptionInfo } from '@wherry/wire/reports';
import { type Command, dryRunOption, targetOptions } from '../command.ts';
import { usageError } from '../failures.ts';
import { type Column, table } from '../output/table.ts';
import { about, aboutOf, channelWords } from './report-options.ts';

export const subscribe: Command = {
  name: 'subscribe',
  summary: 'Have a report made and sent every day, week or month.',
  details:
    'It is made at the time of day that --at says, once the period is over, and sent once: a gateway that was off makes up for what it missed.',
  arguments: [{ name: '<NAME>', says: 'what it is called' }],
  options: [
    { flags: '--every <PERIOD>', says: `${reportLengths.join(', ')} (day)`, choices: reportLengths },
    { flags: '--to <CHANNEL>', says: channelWords, repeats: true },
    { flags: '--at <TIME>', says: 'time of day there (07:00)' },
    ...about,
    dryRunOption,
    ...targetOptions,
  ],
  examples: [
    ['reports subscribe ops --to ops-mail --zone Europe/Berlin', 'every morning at seven, by mail'],
    ['reports subscribe shop --every month -n shop --to webhook:https://hooks.example/x', 'of one namespace'],
  ],
  exits: [4, 5],
  async run(context) {
    const { args, options, output } = context;
    const channels = options.list('to');
    if (channels.length === 0)
      throw usageError('--to is missing', 'Name a channel: --to ops-mail; see wherry alerts channels');
    const [name, at] = [args[0] ?? '', options.text('at')];
    const every = options.oneOf('every', '--every', reportLengths) ?? 'day';
    const request = { name, every, channels, ...aboutOf(context), ...(at === undefined ? {} : { at }) };
    const made = await context.change({
      label: 'Subscribing',
      work: (client) => client.subscribeReport(request),
      look: async () => `send a report of each ${every} to ${channels.join(', ')}`,
    });
    if (made !== undefined)
      await output.result(
        made.done,
        () => `Subscribed ${name}: a report of each ${every}, at ${made.done.at} in ${made.done.zone}`,
      );
  },
};

export const unsubscribe: Command = {
  name: 'unsubscribe',
  summary: 'No more of a report. Those that were made stay.',
  arguments: [{ name: '<NAME>', says: 'the subscription' }],
  options: [dryRunOption, ...targetOptions],
  exits: [3, 4, 5],
  async run(context) {
    const name = context.args[0] ?? '';
    const done = await context.change({
      label: 'Unsubscribing',
      work: (client) => client.unsubscribeReport(name),
      look: async () => `end the subscription ${name}`,
    });
    if (done !== undefined)
      await context.output.result({ name, unsubscribed: true }, () => `Unsubscribed ${name}`);
  },
};

const pausing = (verb: 'pause' | 'resume', summary: string, says: string): Command => ({
  name: verb,
  summary,
  arguments: [{ name: '<NAME>', says: 'the subscription' }],
  options: [dryRunOption, ...targetOptions],
  exits: [3, 4, 5],
  async run(context) {
    const name = context.args[0] ?? '';
    const done = await context.change({
      label: verb === 'pause' ? 'Pausing' : 'Resuming',
      work: (client) => client.pauseReport(name, verb === 'pause'),
      look: async () => `${verb} the subscription ${name}`,
    });
    if (done !== undefined)
      await context.output.result({ name, paused: verb === 'pause' }, () => `${name} ${says}`);
  },
});

export const pause = pausing(
  'pause',
  'Make none of a report until it is resumed.',
  'rests until it is resumed',
);
export const resume = pausing(
  'resume',
  'Go on with the period that is under way.',
  'goes on from this period',
);

export const subscriptions: Command = {
  name: 'subscriptions',
  summary: 'Show which reports are made by themselves, and where they go.',
  options: targetOptions,
  exits: [4, 5],
  async run(context) {
    const { output } = context;
    const all = await context.ask('Reading', (client) => client.listReportSubscriptions());
    if (all.length === 0) output.note('There are none. Begin: wherry reports subscribe NAME --to CHANNEL');
    const heads: readonly Column<SubscriptionInfo>[] = [
      { head: 'NAME', cell: ({ name }) => name },
      { head: 'EVERY', cell: ({ every }) => every },
      { head: 'AT', cell: ({ at }) => at },
      {
        head: 'NEXT',
        cell: ({ nextAt, zone }) => (nextAt === undefined ? '(paused)' : momentIn(zone, Date.parse(nextAt))),
      },
      { head: 'ZONE', cell: ({ zone }) => zone },
      { head: 'ABOUT', cell: ({ namespace }) => namespace ?? 'everything' },
      { head: 'TO', cell: ({ channels }) => channels.join(', '), shrinks: true },
    ];
    await output.result(all, () => (all.length === 0 ? '' : table(heads, all, output.out.columns)));
  },
};
