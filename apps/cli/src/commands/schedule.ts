import { defaultNamespace, type FunctionName } from '@wherry/core/names';
import type { ScheduleInfo } from '@wherry/wire/schedules';
import { type ArgumentSpec, type Command, dryRunOption, namespaceOption, targetOptions } from '../command.ts';
import { notThere } from '../failures.ts';
import { lastRun, nextTimes } from '../output/schedule-times.ts';
import { type Column, table } from '../output/table.ts';
import { suggesting } from './suggesting.ts';

const named: readonly ArgumentSpec[] = [
  { name: '<NAME>', says: 'the function, NAME or NAME.NAMESPACE', completes: 'function' },
];

const columns = (now: number): readonly Column<ScheduleInfo>[] => [
  { head: 'FUNCTION', cell: nameOf },
  { head: 'SCHEDULE', cell: ({ rules }) => rules.map(expressionOf).join('; '), shrinks: true },
  { head: 'LAST', cell: (one) => lastRun(one, now) },
  { head: 'NEXT', cell: (one) => (one.paused ? 'paused' : nextTimes(one, now, 3).join(', ') || 'never') },
];

const list: Command = {
  name: 'list',
  aliases: ['ls'],
  summary: 'Show which functions are called by the clock, and the next three times.',
  options: [namespaceOption, ...targetOptions],
  examples: [['schedule list', 'times as this machine shows them']],
  exits: [4, 5],
  async run(context) {
    const { options, output } = context;
    const namespace = options.text('namespace');
    const found = await context.ask('Reading the schedules', (client) => client.listSchedules(namespace));
    await output.result(found, () =>
      found.length === 0 ? '' : table(columns(Date.now()), found, output.out.columns),
    );
    if (found.length === 0)
      output.note(
        'No function is called by the clock. One line makes it so: wherry deploy NAME --from PATH --annotation com.wherry.schedule="*/5 * * * *"',
      );
    const failed = found.find(({ last }) => last?.state === 'dead' || (last?.status ?? 0) >= 400);
    if (failed !== undefined) output.note(`Why the last one failed: wherry queue show ${failed.last?.call}`);
    else if (found.length > 0) output.note('One now, whatever the clock says: wherry schedule run NAME');
  },
};

function resting(name: 'pause' | 'resume', summary: string, said: string): Command {
  return {
    name,
    summary,
    arguments: named,
    options: [dryRunOption, namespaceOption, ...targetOptions],
    exits: [3, 4, 5],
    async run(context) {
      const of = context.functionName();
      const changed = await context.change({
        label: name === 'pause' ? 'Pausing' : 'Resuming',
        work: (client) => suggesting(client, of, () => client.pauseSchedule(of, name === 'pause')),
        look: async (client) => `${name} ${(await known(await client.listSchedules(), of)).name}`,
      });
      if (changed === undefined) return;
      await context.output.result({ ...of, paused: name === 'pause' }, () => `${of.name} ${said}`);
      context.output.note(
        name === 'pause'
          ? `What falls into the pause is not made up for. Go on: wherry schedule resume ${of.name}`
          : 'See when it comes next: wherry schedule list',
      );
    },
  };
}

const run: Command = {
  name: 'run',
  summary: 'Call a function as its schedule does, now.',
  arguments: named,
  options: [dryRunOption, namespaceOption, ...targetOptions],
  examples: [['schedule run report', '']],
  exits: [3, 4, 5],
  async run(context) {
    const of = context.functionName();
    const started = await context.change({
      label: 'Queueing',
      work: (client) => suggesting(client, of, () => client.runSchedule(of)),
      look: async (client) => `call ${(await known(await client.listSchedules(), of)).name}`,
    });
    if (started === undefined) return;
    const { call } = started.done;
    await context.output.result(started.done, () => call);
    context.output.note(`Queued. See what becomes of it: wherry queue show ${call} --wait`);
  },
};

export const command: Command = {
  name: 'schedule',
  aliases: ['schedules'],
  summary: 'Functions that are called by the clock: when, pause, resume, run now.',
  details:
    'A function says itself when it is called: the annotation com.wherry.schedule, or topic: cron-function with schedule as OpenFaaS has it.',
  subcommands: [
    list,
    resting('pause', 'Let a schedule rest; the function can be called all the same.', 'rests'),
    resting('resume', 'Let it go on, from now.', 'goes on'),
    run,
  ],
  examples: [['schedule list', 'which, and when next']],
  related: ['queue', 'topic'],
};

function nameOf({ name, namespace }: FunctionName): string {
  return namespace === defaultNamespace ? name : `${name}.${namespace}`;
}

/** The zone stands beside the fields it is about. */
function expressionOf({ expression, zone }: ScheduleInfo['rules'][number]): string {
  return zone === 'UTC' || expression.startsWith('@every') ? expression : `${expression} (${zone})`;
}

async function known(all: readonly ScheduleInfo[], of: FunctionName): Promise<ScheduleInfo> {
  const found = all.find(({ name, namespace }) => name === of.name && namespace === of.namespace);
  if (found !== undefined) return found;
  throw notThere(`schedule of ${of.name}`, 'See which there are: wherry schedule list');
}
