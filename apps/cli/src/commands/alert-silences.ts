import { type FlagNames, inFlags } from '../alerting/flag-names.ts';
import { type Command, dryRunOption, targetOptions } from '../command.ts';
import { notThere, usageError } from '../failures.ts';
import { silenceColumns } from '../output/alert-text.ts';
import { table } from '../output/table.ts';

export const silences: Command = {
  name: 'silences',
  summary: 'Show what nobody is told of, until when, who wanted that and why.',
  options: targetOptions,
  exits: [4, 5],
  async run(context) {
    const { output } = context;
    const found = await context.ask('Reading the silences', (client) => client.listSilences());
    await output.result(found, () =>
      found.length === 0 ? '' : table(silenceColumns, found, output.out.columns),
    );
    if (found.length === 0) output.note('Nothing is silenced.');
  },
};

export const silence: Command = {
  name: 'silence',
  summary: 'Tell nobody of some alerts for a while. They are listed all the same.',
  details:
    'An alert is meant when all conditions take its labels: LABEL=VALUE, !=, =~ (RE2, the whole value), !~. One at least has to ask for a label that is there.\n' +
    'A label without a value, as of a variable that is not set, is refused.',
  arguments: [
    { name: '[LABEL=VALUE...]', says: 'which alerts, such as function_name=shop.openfaas-fn alertname=p95' },
  ],
  options: [
    { flags: '--all', says: 'every alert there is' },
    { flags: '--for <DURATION>', says: 'for how long (2h)' },
    { flags: '--why <TEXT>', says: 'for whoever wonders' },
    dryRunOption,
    ...targetOptions,
  ],
  examples: [['alerts silence alertname=disk --for 24h --why "a larger one is ordered"', '']],
  exits: [4, 5],
  async run(context) {
    const { args, options, output } = context;
    const length = options.text('for') ?? '2h';
    const why = options.text('why');
    const all = options.flag('all');
    if (all && args.length > 0)
      throw usageError('--all and conditions exclude each other', 'Give one of them');
    const empty = args.find((one) => /^\s*\w+\s*=\s*(?:"")?\s*$/.test(one));
    if (empty !== undefined)
      throw usageError(
        `${JSON.stringify(empty)} has no value: is a variable not set?`,
        `Say which one: ${empty.replace(/[=\s"]+$/, '')}=VALUE; or --all for every alert`,
      );
    const matchers = all ? ['alertname=~".+"'] : args;
    const request = { matchers, for: length, ...(why === undefined ? {} : { why }) };
    if (matchers.length === 0)
      throw usageError(
        'it is not said which alerts',
        'Name them: function_name=NAME.NAMESPACE, alertname=RULE; or say --all',
      );
    const made = await context.change({
      label: 'Silencing',
      work: (client) => inFlags(flagsOf(matchers), () => client.createSilence(request)),
      look: async () => `tell nobody of ${all ? 'any alert' : args.join(' ')} for ${length}`,
    });
    if (made === undefined) return;
    await output.result(made.done, () => made.done.id);
    output.note(`Quiet until ${made.done.until}. Earlier: wherry alerts unsilence ${made.done.id}`);
  },
};

/** Conditions have no flag: each is called as it was written. */
function flagsOf(matchers: readonly string[]): FlagNames {
  const conditions = matchers.map((text, place) => [`matchers[${place}]`, JSON.stringify(text)] as const);
  return { ...Object.fromEntries(conditions), matchers: 'the conditions', for: '--for', why: '--why' };
}

export const unsilence: Command = {
  name: 'unsilence',
  summary: 'End a silence.',
  arguments: [{ name: '<ID>', says: 'its id' }],
  options: [dryRunOption, ...targetOptions],
  exits: [3, 4, 5],
  async run(context) {
    const id = context.args[0] ?? '';
    const ended = await context.change({
      label: 'Ending',
      work: (client) => client.deleteSilence(id),
      async look(client) {
        if ((await client.listSilences()).some((one) => one.id === id)) return `end silence ${id}`;
        throw notThere(`silence ${id}`, 'See which there are: wherry alerts silences');
      },
    });
    if (ended !== undefined) await context.output.result({ id, ended: true }, () => `Ended ${id}`);
  },
};
