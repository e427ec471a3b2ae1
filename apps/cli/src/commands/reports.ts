import { reportLengths } from '@wherry/core/report';
import type { ReportInfo, SubscriptionInfo } from '@wherry/wire/reports';
import { type Command, dryRunOption, type OptionSpec, targetOptions } from '../command.ts';
import type { Context } from '../context.ts';
import { usageError } from '../failures.ts';
import { type Column, table } from '../output/table.ts';

const about: readonly OptionSpec[] = [
  { flags: '--zone <ZONE>', says: 'whose days, such as Europe/Berlin (UTC)' },
  { flags: '-n, --namespace <NAME>', says: 'only about this namespace' },
];

const seconds = (text: string): string => text.replace(/\.\d+Z$/, 'Z');

const list: Command = {
  name: 'list',
  aliases: ['ls'],
  summary: 'Show the reports that were made, newest first.',
  options: targetOptions,
  exits: [4, 5],
  async run(context) {
    const { output } = context;
    const reports = await context.ask('Reading', (client) => client.listReports());
    if (reports.length === 0) output.note('There are none yet. Make one: wherry reports make');
    await output.result(reports, () =>
      reports.length === 0 ? '' : table(columns, reports, output.out.columns),
    );
  },
};

const columns: readonly Column<ReportInfo>[] = [
  { head: 'ID', cell: ({ id }) => id },
  { head: 'FROM', cell: ({ from }) => seconds(from) },
  { head: 'TO', cell: ({ to }) => seconds(to) },
  { head: 'ABOUT', cell: ({ namespace }) => namespace ?? 'everything' },
  { head: 'SENT', cell: sentText, shrinks: true },
];

function sentText({ deliveries = [] }: ReportInfo): string {
  return deliveries
    .map(({ channel, state, cause }) => `${channel} ${state}${cause === undefined ? '' : ` (${cause})`}`)
    .join(', ');
}

const show: Command = {
  name: 'show',
  summary: 'Show one report, as text or as a page.',
  arguments: [{ name: '<ID>', says: 'which one; see wherry reports list' }],
  options: [{ flags: '--html', says: 'the page, as it is sent by mail' }, ...targetOptions],
  examples: [['reports show ops-2026-11-26 --html > report.html', 'for a browser']],
  exits: [3, 4, 5],
  async run(context) {
    const { args, options, output } = context;
    await write(
      context,
      args[0] ?? '',
      options.flag('html') ? 'html' : output.format === 'text' ? 'text' : 'json',
    );
  },
};

async function write(context: Context, id: string, format: 'html' | 'text' | 'json'): Promise<void> {
  const { client } = await context.connect();
  if (format === 'json') return context.output.result(await client.readReport(id), () => '');
  for await (const piece of client.showReport(id, format)) await context.output.out.write(piece);
}

const make: Command = {
  name: 'make',
  summary: 'Make a report now, and show it.',
  options: [
    {
      flags: '--every <PERIOD>',
      says: `of the last ${reportLengths.join(', ')} that is over (day)`,
      choices: reportLengths,
    },
    { flags: '--of <TIME>', says: 'of the period that this time is in instead, also one under way' },
    ...about,
    ...targetOptions,
  ],
  examples: [['reports make --every week --zone Europe/Berlin', 'last week']],
  exits: [4, 5],
  async run(context) {
    const { options, output } = context;
    const every = options.oneOf('every', '--every', reportLengths);
    const of = options.text('of');
    const made = await context.ask(
      'Making the report',
      (client) =>
        client.makeReport({
          ...(every === undefined ? {} : { every }),
          ...(of === undefined ? {} : { of }),
          ...aboutOf(context),
        }),
      { timeoutMs: 120_000 },
    );
    await write(context, made.id, output.format === 'text' ? 'text' : 'json');
    output.note(`It is kept as ${made.id}.`);
  },
};

const subscribe: Command = {
  name: 'subscribe',
  summary: 'Have a report made and sent every day, week or month.',
  details:
    'It is made at the time of day that --at says, once the period is over, and sent once: a gateway that was off makes up for what it missed.',
  arguments: [{ name: '<NAME>', says: 'what it is called' }],
  options: [
    { flags: '--every <PERIOD>', says: `${reportLengths.join(', ')} (day)`, choices: reportLengths },
    { flags: '--to <CHANNEL>', says: 'function:NAME.NAMESPACE or webhook:URL; repeatable', repeats: true },
    { flags: '--at <TIME>', says: 'time of day there (07:00)' },
    ...about,
    dryRunOption,
    ...targetOptions,
  ],
  examples: [
    ['reports subscribe ops --to function:mailer --zone Europe/Berlin', 'every morning at seven'],
    ['reports subscribe shop --every month -n shop --to webhook:https://hooks.example/x', 'of one namespace'],
  ],
  exits: [4, 5],
  async run(context) {
    const { args, options, output } = context;
    const channels = options.list('to');
    if (channels.length === 0) throw usageError('--to is missing', 'Name a channel: --to function:NAME');
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

const unsubscribe: Command = {
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

const subscriptions: Command = {
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
      { head: 'AT', cell: ({ at, zone }) => `${at} ${zone}` },
      { head: 'ABOUT', cell: ({ namespace }) => namespace ?? 'everything' },
      { head: 'TO', cell: ({ channels }) => channels.join(', '), shrinks: true },
    ];
    await output.result(all, () => (all.length === 0 ? '' : table(heads, all, output.out.columns)));
  },
};

function aboutOf({ options }: Context): { readonly zone?: string; readonly namespace?: string } {
  const [zone, namespace] = [options.text('zone'), options.text('namespace')];
  return { ...(zone === undefined ? {} : { zone }), ...(namespace === undefined ? {} : { namespace }) };
}

export const command: Command = {
  name: 'reports',
  aliases: ['report'],
  summary: 'Daily, weekly and monthly reports: list, show, make, subscribe.',
  details:
    'Calls, errors, percentiles, usage, failures, deploys and refusals of a period, beside the one before.',
  subcommands: [list, show, make, subscribe, unsubscribe, subscriptions],
  examples: [
    ['reports make', 'what was yesterday'],
    ['reports subscribe ops --to function:mailer --zone Europe/Berlin', 'every morning at seven'],
  ],
  related: ['usage', 'audit', 'query'],
};
