import type { QueuedCall, QueueLane } from '@wherry/wire/queued-calls';
import { type Command, namespaceOption, targetOptions } from '../command.ts';
import type { Context } from '../context.ts';
import { usageError } from '../failures.ts';
import { type Column, table } from '../output/table.ts';
import { queuedInFull } from '../output/queued-call.ts';
import { outcomeOf } from '../connection/outcome.ts';
import { callName, laneArgument, laneName, shellWord } from './lane-names.ts';
import { changing, nameIn } from './queue-changes.ts';
import { edit, payload } from './queue-edit.ts';

const lanes: readonly Column<QueueLane>[] = [
  { head: 'FUNCTION', cell: laneName },
  { head: 'WAITING', cell: ({ waiting }) => String(waiting), right: true },
  { head: 'RUNNING', cell: ({ running }) => String(running), right: true },
  { head: 'DEAD', cell: ({ dead }) => String(dead), right: true },
  { head: 'OLDEST', cell: ({ oldestAt }) => oldestAt ?? '' },
  { head: 'NEXT', cell: ({ nextDueAt }) => nextDueAt ?? '' },
];

const calls: readonly Column<QueuedCall>[] = [
  { head: 'ENQUEUED', cell: ({ enqueuedAt }) => enqueuedAt.replace(/(\.\d{3})\d*Z$/, '$1Z') },
  { head: 'FUNCTION', cell: callName },
  { head: 'STATE', cell: ({ state, reason }) => (reason === undefined ? state : `${state}: ${reason}`) },
  { head: 'TRIES', cell: ({ attempts }) => String(attempts), right: true },
  { head: 'LAST', cell: ({ last }) => last?.cause ?? '', shrinks: true },
  { head: 'ID', cell: ({ id }) => id },
];

const overview: Command = {
  name: 'status',
  summary: 'Show what waits, runs and failed for good, of each function.',
  options: targetOptions,
  examples: [['queue status', '']],
  exits: [4, 5],
  async run(context) {
    const { output } = context;
    const found = await context.ask('Reading the queue', (client) => client.listLanes());
    await output.result(found, () =>
      found.length === 0
        ? 'The queue is empty: wherry invoke NAME --async'
        : table(lanes, found, output.out.columns),
    );
    const failed = found.find(({ dead }) => dead > 0);
    if (failed !== undefined)
      output.note(
        `What failed for good: wherry queue list --state dead. Again: wherry queue redrive ${shellWord(laneName(failed))}`,
      );
  },
};

const list: Command = {
  name: 'list',
  aliases: ['ls'],
  summary: 'Show queued calls, newest first.',
  arguments: [
    {
      name: '[NAME]',
      says: 'only calls of this function, or of a lane such as "channel ops"',
      completes: 'function',
    },
  ],
  options: [
    {
      flags: '--state <STATE>',
      says: 'only those',
      choices: ['waiting', 'running', 'done', 'dead', 'cancelled'],
    },
    { flags: '--limit <COUNT>', says: 'at most so many (50)' },
    { flags: '--before <ID>', says: 'go on behind this call' },
    namespaceOption,
    ...targetOptions,
  ],
  examples: [
    ['queue list', 'the newest of all functions'],
    ['queue list resize --state dead', 'what failed for good of one'],
    ['queue list -n team-a', 'the newest of a namespace'],
  ],
  exits: [4, 5],
  async run(context) {
    const { options, output } = context;
    const lane = laneArgument(context.args[0]);
    const named = lane === undefined ? nameIn(context) : undefined;
    const namespace = named?.namespace ?? options.text('namespace');
    const [state, before] = [options.text('state'), options.text('before')];
    const query = {
      ...(lane === undefined ? {} : { lane }),
      ...(named === undefined ? {} : { function: named.name }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(state === undefined ? {} : { state }),
      ...(before === undefined ? {} : { before }),
      limit: options.integer('limit', '--limit') ?? 50,
    };
    const found = await context.ask('Reading the queue', (client) => client.listQueued(query));
    await output.result(found, () =>
      found.length === 0 ? 'None.' : table(calls, found, output.out.columns),
    );
    if (found.length > 0) output.note('One in full, with its answer: wherry queue show ID');
  },
};

const show: Command = {
  name: 'show',
  aliases: ['get', 'result'],
  summary: 'Show what became of one call: its state, its attempts, its answer.',
  arguments: [{ name: '<ID>', says: 'the call’s id, or the one its caller sent' }],
  options: [
    { flags: '--wait', says: 'until it is over' },
    { flags: '--body', says: 'only the answer’s body, byte for byte' },
    ...targetOptions,
  ],
  examples: [['queue show 0190f0c2-… --wait', 'the answer, once there is one']],
  exits: [3, 4, 5, 8],
  async run(context) {
    const { options, output } = context;
    const { call, attempts } = await outcomeOf(context, idIn(context), options.flag('wait'));
    if (options.flag('body') && call?.result !== undefined) {
      const { encoding, body } = call.result;
      await output.out.write(Buffer.from(body, encoding === 'utf8' ? 'utf8' : 'base64'));
    } else await output.result({ call, attempts }, () => queuedInFull(call, attempts));
    const failed = call?.state === 'dead' || (call?.result?.status ?? 0) >= 400;
    if (call?.state === 'dead')
      output.note(`Again: wherry queue redrive ${call.id}. With another body: wherry queue edit ${call.id}`);
    return failed ? 8 : 0;
  },
};

const key: Command = {
  name: 'key',
  summary: 'Show the key that answers to one receiver are signed with, for those who check them.',
  arguments: [{ name: '<URL>', says: 'where the answers go; scheme, host and port decide' }],
  options: targetOptions,
  exits: [4, 5],
  async run(context) {
    const [receiver] = context.args;
    if (receiver === undefined)
      throw usageError(
        'the receiver is missing',
        'Name the address that answers go to: wherry queue key https://example.com/',
      );
    const found = await context.ask('Reading', (client) => client.callbackKey(receiver));
    await context.output.result(found, () => found.key);
    context.output.note(
      'Standard Webhooks: webhook-id, webhook-timestamp, webhook-signature. See docs/async.md',
    );
  },
};

export const command: Command = {
  name: 'queue',
  summary: 'Calls that are made later: what waits, what became of them, what failed for good.',
  subcommands: [
    overview,
    list,
    show,
    changing('cancel', 'Take calls back that wait or run.', 'Cancelled'),
    changing('redrive', 'Try calls again that failed for good, with all their attempts.', 'Redriven'),
    payload,
    edit,
    changing('discard', 'Remove calls that failed for good.', 'Discarded'),
    key,
  ],
  examples: [
    ['invoke resize --async < photo.jpg', 'puts one in'],
    ['queue status', 'what waits, and where'],
  ],
  related: ['invoke', 'calls', 'logs'],
};

function idIn({ args }: Context): string {
  const [id] = args;
  if (id !== undefined) return id;
  throw usageError('the call’s id is missing', 'See which there are: wherry queue list');
}
