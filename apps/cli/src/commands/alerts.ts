import { type Command, targetOptions } from '../command.ts';
import { describeAlerts, eventColumns } from '../output/alert-text.ts';
import { table } from '../output/table.ts';
import { apply } from './alert-apply.ts';
import { channel, channels } from './alert-channels.ts';
import { rule, rules } from './alert-rules.ts';
import { silence, silences, unsilence } from './alert-silences.ts';

const list: Command = {
  name: 'list',
  aliases: ['ls'],
  summary: 'Show what fires or is about to, what proves it, and what to do.',
  options: targetOptions,
  exits: [4, 5],
  async run(context) {
    const { output } = context;
    const found = await context.ask('Reading the alerts', (client) => client.listAlerts());
    await output.result(found, () => describeAlerts(found, output.style));
    if (found.alerts.length === 0) output.note('Nothing fires. What is watched: wherry alerts rules');
    else output.note('Quiet for a while: wherry alerts silence function_name=NAME.NAMESPACE --for 2h');
  },
};

const history: Command = {
  name: 'history',
  summary: 'Show what fired, what was over and who was told, newest first.',
  options: [
    {
      flags: '--what <WHAT>',
      says: 'only firing, resolved, queued, sent or failed',
      choices: ['firing', 'resolved', 'queued', 'sent', 'failed'],
    },
    { flags: '--rule <NAME>', says: 'only of this rule' },
    { flags: '--channel <NAME>', says: 'only of this channel' },
    { flags: '--limit <COUNT>', says: 'at most so many (50)' },
    ...targetOptions,
  ],
  exits: [4, 5],
  async run(context) {
    const { options, output } = context;
    const texts = ['what', 'rule', 'channel'].flatMap((name) => {
      const text = options.text(name);
      return text === undefined ? [] : [[name, text] as const];
    });
    const query = { ...Object.fromEntries(texts), limit: options.integer('limit', '--limit') ?? 50 };
    const found = await context.ask('Reading the history', (client) => client.listAlertEvents(query));
    await output.result(found, () =>
      found.length === 0 ? '' : table(eventColumns, found, output.out.columns),
    );
    if (found.length === 0) output.note('Nothing fits.');
    else if (found.some(({ delivery }) => delivery !== undefined))
      output.note('Attempts of a message: wherry queue show DELIVERY');
  },
};

export const command: Command = {
  name: 'alerts',
  aliases: ['alert'],
  summary: 'What is wrong, who is told of it, and when not.',
  details:
    'Rules for what everybody wants to hear of are there from the start. Somebody is told once there is a channel.',
  subcommands: [list, history, rules, rule, silences, silence, unsilence, channels, channel, apply],
  examples: [
    ['alerts list', 'what fires now'],
    ['alerts channel add ops slack --from-file webhook.txt', 'who is told'],
    ['alerts rule change p95 --threshold 5', 'what is slow for you'],
    ['alerts silence function_name=shop.openfaas-fn --for 2h --why "moving the database"', 'quiet'],
  ],
  related: ['query', 'logs', 'queue'],
};
