import { channelKinds } from '@wherry/core/alert-channel';
import type { ChannelRemoved } from '@wherry/wire/alert-channels';
import { requestOf } from '../alerting/channel-request.ts';
import { channelFlags, inFlags } from '../alerting/flag-names.ts';
import { type ArgumentSpec, type Command, dryRunOption, type OptionSpec, targetOptions } from '../command.ts';
import { notThere } from '../failures.ts';
import { channelColumns } from '../output/alert-text.ts';
import { isFailing } from '../output/delivery-text.ts';
import { escapeLine } from '../output/escape.ts';
import { table } from '../output/table.ts';
import { removeCommand } from './remove-command.ts';

const named: readonly ArgumentSpec[] = [{ name: '<NAME>', says: 'the channel' }];

const parts: readonly OptionSpec[] = [
  {
    flags: '--from-file <PATH>',
    says: 'what is secret: the address (slack, webhook, sms, heartbeat), or the password (email); "-" is standard input',
  },
  {
    flags: '--match <LABEL=VALUE>',
    says: 'take only alerts with this, repeatable: severity=~"major|critical"',
    repeats: true,
  },
  { flags: '--no-resolved', says: 'say nothing when it is over' },
  { flags: '--host <HOST>', says: 'email: the server' },
  { flags: '--port <PORT>', says: 'email: its port (587, with tls 465)' },
  {
    flags: '--security <HOW>',
    says: 'email: starttls, tls or none (starttls)',
    choices: ['starttls', 'tls', 'none'],
  },
  { flags: '--user <NAME>', says: 'email: who signs in' },
  { flags: '--mail-from <ADDRESS>', says: 'email: who writes' },
  { flags: '--to <ADDRESS>', says: 'email: to whom, repeatable', repeats: true },
  { flags: '--authorization-file <PATH>', says: 'webhook, sms: a file with the header Authorization' },
  { flags: '--form <PATH>', says: 'sms: a JSON file with what the provider wants, {{ text }} in it' },
  { flags: '--form-as <HOW>', says: 'sms: send it as form or json (form)', choices: ['form', 'json'] },
  { flags: '--function <NAME>', says: 'function: which one, NAME or NAME.NAMESPACE' },
];

export const channels: Command = {
  name: 'channels',
  summary: 'Show who is told of alerts; never what is secret about it.',
  options: targetOptions,
  exits: [4, 5],
  async run(context) {
    const { output } = context;
    const found = await context.ask('Reading the channels', (client) => client.listChannels());
    await output.result(found, () =>
      found.length === 0 ? '' : table(channelColumns, found, output.out.columns),
    );
    if (found.length === 0) output.note('Nobody is told. Add one: wherry alerts channel add NAME KIND');
    else output.note('Does it arrive? wherry alerts channel test NAME');
    const failing = found.find(({ delivery }) => delivery !== undefined && isFailing(delivery));
    if (failing !== undefined)
      output.note(
        `${failing.name} does not take what it is sent: wherry alerts history --channel ${failing.name}, wherry queue list`,
      );
  },
};

const add: Command = {
  name: 'add',
  summary: 'Add a channel, or put it in the place of the one of its name.',
  arguments: [...named, { name: '<KIND>', says: channelKinds.join(', '), choices: channelKinds }],
  options: [...parts, dryRunOption, ...targetOptions],
  examples: [
    ['alerts channel add ops slack --from-file webhook.txt', ''],
    [
      'alerts channel add mail email --host smtp.example.com --user me --mail-from wherry@example.com --to ops@example.com < password.txt',
      '',
    ],
    [
      'alerts channel add pager function --function pager --match severity=critical',
      'a function is called with the alert',
    ],
    [
      'alerts channel add dead-man heartbeat --from-file address.txt',
      'called every minute as long as alerting works',
    ],
  ],
  exits: [4, 5],
  async run(context) {
    const name = context.args[0] ?? '';
    const request = await requestOf(context);
    const put = await context.change({
      label: 'Writing the channel',
      work: (client) => inFlags(channelFlags, () => client.putChannel(name, request)),
      async look(client) {
        const there = (await client.listChannels()).some((one) => one.name === name);
        return `${there ? 'change' : 'add'} channel ${name}`;
      },
    });
    if (put === undefined) return;
    await context.output.result(put.done, () => `Channel ${name}: ${put.done.kind}`);
    context.output.note(`Does it arrive? wherry alerts channel test ${name}`);
  },
};

const remove = removeCommand({
  thing: 'channel',
  summary: 'Remove a channel, what was secret about it, and the messages that wait for it.',
  arguments: named,
  work: (client, name) => client.deleteChannel(name),
  async look(client, name) {
    const all = await client.listChannels();
    await known(all, name);
    return all.find((one) => one.name === name)?.delivery ?? { waiting: 0, dead: 0 };
  },
  would: (delivery, name) => `remove channel ${name}${discarded(delivery).replace('discarded', 'discard')}`,
  said: (gone, name) => `Removed ${name}${discarded(gone)}`,
});

/** What becomes of messages when their channel goes. */
function discarded({ waiting, dead }: ChannelRemoved): string {
  const parts = [
    ...(waiting === 0 ? [] : [`${messages(waiting)} that waited for it`]),
    ...(dead === 0 ? [] : [`${messages(dead)} that it did not take`]),
  ];
  return parts.length === 0 ? '' : `, and discarded ${parts.join(' and ')}`;
}

const messages = (many: number): string => (many === 1 ? '1 message' : `${many} messages`);

const test: Command = {
  name: 'test',
  summary: 'Send a message that says that nothing is wrong; of a heartbeat one beat, with what came back.',
  arguments: named,
  options: [dryRunOption, ...targetOptions],
  exits: [3, 4, 5],
  async run(context) {
    const name = context.args[0] ?? '';
    const sent = await context.change({
      label: 'Sending',
      work: (client) => client.testChannel(name),
      look: async (client) => `send a test to ${await known(await client.listChannels(), name)}`,
    });
    if (sent === undefined) return 0;
    if ('beat' in sent.done) {
      const { heard, cause } = sent.done.beat;
      await context.output.result(sent.done, () => `${heard ? 'Heard' : 'Not heard'}: ${escapeLine(cause)}`);
      return heard ? 0 : 1;
    }
    const { delivery } = sent.done;
    await context.output.result(sent.done, () => delivery);
    context.output.note(`Queued. See what becomes of it: wherry queue show ${delivery} --wait`);
    return 0;
  },
};

export const channel: Command = {
  name: 'channel',
  summary: 'Add, remove and test who is told.',
  subcommands: [add, remove, test],
};

async function known(all: readonly { readonly name: string }[], name: string): Promise<string> {
  if (all.some((one) => one.name === name)) return name;
  throw notThere(`channel ${name}`, 'See which there are: wherry alerts channels');
}
