import { defaultNamespace } from '@wherry/core/names';
import type { TopicInfo } from '@wherry/wire/topics';
import { type Command, targetOptions } from '../command.ts';
import { callOf } from '../connection/call.ts';
import { type Column, table } from '../output/table.ts';

const columns: readonly Column<TopicInfo>[] = [
  { head: 'TOPIC', cell: ({ topic }) => topic },
  { head: 'FUNCTIONS', cell: ({ subscribers }) => subscribers.map(nameOf).join(', '), shrinks: true },
];

const list: Command = {
  name: 'list',
  aliases: ['ls'],
  summary: 'Show topics, and which functions listen.',
  options: targetOptions,
  exits: [4, 5],
  async run(context) {
    const { output } = context;
    const topics = await context.ask('Reading the topics', (client) => client.listTopics());
    await output.result(topics, () =>
      topics.length === 0 ? '' : table(columns, topics, output.out.columns),
    );
    output.note(
      topics.length === 0
        ? 'Nobody listens to anything. One line makes a function listen: wherry deploy NAME --from PATH --annotation topic=orders'
        : 'Tell them something: wherry topic publish TOPIC -d "text"',
    );
  },
};

const publish: Command = {
  name: 'publish',
  aliases: ['send'],
  summary: 'Tell a message to every function that listens: a queued call for each, or none.',
  arguments: [{ name: '<TOPIC>', says: 'letters, digits and . _ : / -' }],
  options: [
    { flags: '-d, --data <TEXT>', says: 'the message; else standard input, unless that is a terminal' },
    {
      flags: '-H, --header <LINE>',
      says: 'a header that goes along, "Name: value"; repeatable',
      repeats: true,
    },
    {
      flags: '--content-type <TYPE>',
      says: 'text/plain, or application/json when --data is a JSON object or list',
    },
    { flags: '--idempotency-key <KEY>', says: 'the same key is the same message' },
    ...targetOptions,
  ],
  examples: [
    ['topic publish orders/paid -d \'{"total":7}\'', ''],
    ['topic publish photos < photo.jpg', 'any bytes'],
  ],
  exits: [3, 4, 5],
  async run(context) {
    const { options, output, args } = context;
    const call = await callOf(options, context.stdin);
    const key = options.text('idempotencyKey');
    const headers = [
      ...(call.headers ?? []),
      ...(key === undefined ? [] : [['Idempotency-Key', key] as const]),
    ];
    const published = await context.ask('Publishing', (client) =>
      client.publish(args[0] ?? '', { ...call, headers }),
    );
    const { calls } = published;
    await output.result(published, () => calls.map((one) => `${one.id}  ${nameOf(one)}`).join('\n'));
    output.note(
      `${calls.length === 1 ? '1 call is' : `${calls.length} calls are`} queued. See what becomes of one: wherry queue show ${calls[0]?.id} --wait`,
    );
  },
};

export const command: Command = {
  name: 'topic',
  aliases: ['topics'],
  summary: 'Messages to all functions that listen: publish, list.',
  details: 'A function listens to the topics in its annotation topic: orders,orders/paid',
  subcommands: [list, publish],
  examples: [['topic publish orders -d "paid"', 'to every function that listens']],
  related: ['queue', 'schedule'],
};

function nameOf({ name, namespace }: { readonly name: string; readonly namespace: string }): string {
  return namespace === defaultNamespace ? name : `${name}.${namespace}`;
}
