import { reportLengths } from '@wherry/core/report';
import type { ReportInfo } from '@wherry/wire/reports';
import { type Command, targetOptions } from '../command.ts';
import type { Context } from '../context.ts';
import { momentIn } from '../output/schedule-times.ts';
import { type Column, table } from '../output/table.ts';
import { about, aboutOf, channelWords } from './report-options.ts';
import { pause, resume, subscribe, subscriptions, unsubscribe } from './report-subscriptions.ts';

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
    // Where they were sent is a list of its own for programs; a spreadsheet has a cell for it.
    const rows = output.format === 'csv' ? reports.map(inOneRow) : reports;
    await output.result(rows, () =>
      reports.length === 0 ? '' : table(columns, reports, output.out.columns),
    );
  },
};

const columns: readonly Column<ReportInfo>[] = [
  { head: 'ID', cell: ({ id }) => id },
  { head: 'FROM', cell: ({ from, zone }) => momentIn(zone, Date.parse(from)) },
  { head: 'TO', cell: ({ to, zone }) => momentIn(zone, Date.parse(to)) },
  { head: 'ZONE', cell: ({ zone }) => zone },
  { head: 'ABOUT', cell: ({ namespace }) => namespace ?? 'everything' },
  { head: 'SENT', cell: sentText, shrinks: true },
];

function inOneRow({ deliveries, ...report }: ReportInfo): object {
  return deliveries === undefined ? report : { ...report, sent: sentText({ ...report, deliveries }) };
}

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
    {
      flags: '--of <DAY>',
      says: 'of the period that this day (2026-01-31) or time is in instead, also one under way',
    },
    { flags: '--to <CHANNEL>', says: `also send it: ${channelWords}`, repeats: true },
    ...about,
    ...targetOptions,
  ],
  examples: [['reports make --every week --zone Europe/Berlin', 'last week']],
  exits: [4, 5],
  async run(context) {
    const { options, output } = context;
    const every = options.oneOf('every', '--every', reportLengths);
    const of = options.text('of');
    const channels = options.list('to');
    const made = await context.ask(
      'Making the report',
      (client) =>
        client.makeReport({
          ...(every === undefined ? {} : { every }),
          ...(of === undefined ? {} : { of }),
          ...(channels.length === 0 ? {} : { channels }),
          ...aboutOf(context),
        }),
      { timeoutMs: 120_000 },
    );
    await write(context, made.id, output.format === 'text' ? 'text' : 'json');
    output.note(`It is kept as ${made.id}.`);
    if (channels.length > 0) output.note('Did it arrive? wherry reports list');
  },
};

export const command: Command = {
  name: 'reports',
  aliases: ['report'],
  summary: 'Daily, weekly and monthly reports: list, show, make, subscribe.',
  details:
    'Calls, errors, percentiles, usage, failures, deploys and refusals of a period, beside the one before.',
  subcommands: [list, show, make, subscribe, pause, resume, unsubscribe, subscriptions],
  examples: [
    ['reports make', 'what was yesterday'],
    ['reports subscribe ops --to ops-mail --zone Europe/Berlin', 'every morning at seven, by mail'],
  ],
  related: ['usage', 'audit', 'query'],
};
