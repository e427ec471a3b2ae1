// Long because: the flags of rules are those of their fields, and stand beside what reads them.
import { comparisons, severities, units } from '@wherry/core/alert';
import { alertPresets } from '@wherry/core/rules/alert-presets';
import { logLevels } from '@wherry/core/rules/log-level';
import {
  type AlertRuleInfo,
  type AlertRuleRequest,
  type AlertTrial,
  ruleRequest,
} from '@wherry/wire/alert-rules';
import type { Client } from '@wherry/wire/client';
import { inFlags, ruleFlags } from '../alerting/flag-names.ts';
import { type ArgumentSpec, type Command, dryRunOption, type OptionSpec, targetOptions } from '../command.ts';
import type { Context } from '../context.ts';
import { notThere, usageError } from '../failures.ts';
import { describeRule, describeTrials, nowText, ruleColumns } from '../output/alert-text.ts';
import { table } from '../output/table.ts';
import { removeCommand } from './remove-command.ts';

const named: readonly ArgumentSpec[] = [{ name: '<NAME>', says: 'the rule' }];

const changes: readonly OptionSpec[] = [
  { flags: '--threshold <NUMBER>', says: 'beyond which it fires; 5% is 0.05' },
  { flags: '--clear <NUMBER>', says: 'once it fires, it goes on until the value is back at this one' },
  { flags: '--for <DURATION>', says: 'how long the condition holds before it fires' },
  { flags: '--keep-firing <DURATION>', says: 'how long it goes on firing after the condition held last' },
  { flags: '--severity <SEVERITY>', says: severities.join(', '), choices: severities },
  {
    flags: '--channel <NAME>',
    says: 'who hears of it, repeatable; every channel unless named',
    repeats: true,
  },
];

const whole: readonly OptionSpec[] = [
  { flags: '--query <QUERY>', says: 'watch each series that a query gives' },
  { flags: '--log <PATTERN>', says: 'or count lines of logs that match (RE2)' },
  { flags: '--functions <PATTERN>', says: 'of logs: of which functions, NAMESPACE/NAME with a final * (*)' },
  {
    flags: '--level <LEVEL>',
    says: `of logs: lines at least as bad: ${logLevels.join(', ')}`,
    choices: logLevels,
  },
  { flags: '--count <COUNT>', says: 'of logs: so many lines (1)' },
  { flags: '--within <DURATION>', says: 'of logs: in the last (5m)' },
  { flags: '--above <NUMBER>', says: 'fire above this value' },
  { flags: '--below <NUMBER>', says: 'or below it' },
  {
    flags: '--is <COMPARISON>',
    says: `or by another comparison with --threshold: ${comparisons.join(' ')}`,
    choices: comparisons,
  },
  ...changes,
  { flags: '--label <KEY=VALUE>', says: 'a label for its alerts, repeatable', repeats: true },
  { flags: '--unit <UNIT>', says: `what the value counts: ${units.join(', ')}`, choices: units },
  { flags: '--subject <TEXT>', says: 'what the value is: "p95 of {{ function }}"' },
  { flags: '--summary <TEXT>', says: 'what people read: "{{ function }} is slow: {{ value }}"' },
  { flags: '--action <TEXT>', says: 'what they should do' },
];

export const rules: Command = {
  name: 'rules',
  summary: 'Show the rules, each as a plain sentence.',
  options: targetOptions,
  exits: [4, 5],
  async run(context) {
    const { output } = context;
    const found = await context.ask('Reading the rules', (client) => client.listAlertRules());
    await output.result(found, () => table(ruleColumns, found, output.out.columns));
    const failing = found.find(({ problem }) => problem !== undefined);
    if (failing !== undefined) output.note(`Why it fails: wherry alerts rule show ${failing.name}`);
  },
};

const show: Command = {
  name: 'show',
  summary: 'Show one rule in full.',
  arguments: named,
  options: targetOptions,
  exits: [3, 4, 5],
  async run(context) {
    const found = await context.ask('Reading', (client) => known(client, context.args[0] ?? ''));
    await context.output.result(found, () => describeRule(found));
  },
};

const add: Command = {
  name: 'add',
  summary: 'Add a rule of your own, or put it in the place of the one of its name.',
  arguments: named,
  options: [...whole, dryRunOption, ...targetOptions],
  examples: [
    [
      'alerts rule add hot --query "sum by (function_name) (rate(pod_cpu_usage_seconds_total[5m]))" --above 0.9 --clear 0.7 --for 10m',
      'on numbers',
    ],
    [
      'alerts rule add lost-orders --log "order \\d+ lost" --functions shop --severity critical',
      'on each line that matches',
    ],
    ['alerts rule add timeouts --log timeout --count 20 --within 10m', 'on how many there are'],
  ],
  exits: [4, 5],
  async run(context) {
    const name = context.args[0] ?? '';
    const request = { ...wholeOf(context), ...changeOf(context) };
    const preset = alertPresets.some((one) => one.name === name);
    if (!preset && (request.query === undefined) === (request.logs === undefined))
      throw usageError('it is not said what to watch', 'Give --query, or --log; one of them');
    const put = await context.change({
      label: 'Writing the rule',
      work: (client) => putRule(client, name, request),
      async look(client) {
        const trials = await inFlags(ruleFlags, () => client.tryAlertRule(name, request));
        return `put rule ${name}. ${nowText(request, trials)}`;
      },
    });
    if (put !== undefined) await told(context, put.done);
  },
};

const change: Command = {
  name: 'change',
  summary: 'Change the numbers of a rule, or switch it on or off. What is not named stays.',
  details:
    'For one function only, its annotation com.wherry.alerts says so: "p95=5, no-traffic=off", or "off".',
  arguments: named,
  options: [
    ...changes,
    { flags: '--on', says: 'look at it again' },
    { flags: '--off', says: 'look at it no more' },
    dryRunOption,
    ...targetOptions,
  ],
  examples: [
    ['alerts rule change p95 --threshold 5 --for 10m', ''],
    ['alerts rule change no-traffic --off', ''],
  ],
  exits: [3, 4, 5],
  async run(context) {
    const name = context.args[0] ?? '';
    const { options } = context;
    const switched = options.flag('on') ? { enabled: true } : options.flag('off') ? { enabled: false } : {};
    const wish: AlertRuleRequest = { ...changeOf(context), ...switched };
    if (Object.keys(wish).length === 0)
      throw usageError('it is not said what is to be different', 'Such as --threshold 5, --for 10m, --off');
    const put = await context.change({
      label: 'Changing the rule',
      async work(client) {
        const before = await known(client, name);
        return putRule(client, name, before.preset ? wish : { ...ruleRequest(before), ...wish });
      },
      look: async (client) => `change rule ${(await known(client, name)).name}`,
    });
    if (put !== undefined) await told(context, put.done);
  },
};

const remove = removeCommand({
  thing: 'rule',
  summary: 'Remove a rule; one that came with Wherry is as it came.',
  arguments: named,
  async work(client, name) {
    const { preset } = await known(client, name);
    await client.deleteAlertRule(name);
    return { preset };
  },
  look: known,
  would: ({ preset }, name) => (preset ? `put rule ${name} back as it came` : `remove rule ${name}`),
  said: ({ preset }, name) => (preset ? `${name} is as it came again` : `Removed ${name}`),
});

const trial: Command = {
  name: 'test',
  summary: 'Show what a rule gives now; with --send also tell its channels, marked as a test.',
  arguments: named,
  options: [{ flags: '--send', says: 'send a message as if it fired' }, dryRunOption, ...targetOptions],
  exits: [3, 4, 5],
  async run(context) {
    const name = context.args[0] ?? '';
    const { output, options } = context;
    const [rule, trials] = await context.ask('Evaluating', async (client) => {
      const found = await known(client, name);
      return [found, await client.tryAlertRule(name)] as const;
    });
    if (!options.flag('send')) {
      await output.result(trials, () => describeTrials(rule, trials, output.out.columns));
      return;
    }
    const sent = await context.change({
      label: 'Sending',
      work: (client) => client.fireAlertRule(name),
      look: async () => `send a test of ${name}`,
    });
    if (sent === undefined) return;
    const { deliveries } = sent.done;
    await output.result({ trials, deliveries }, () =>
      [describeTrials(rule, trials, output.out.columns), ...deliveries].join('\n'),
    );
    output.note(
      deliveries.length === 0
        ? 'There is no channel that hears of it: wherry alerts channel add'
        : 'What becomes of a message: wherry queue show DELIVERY',
    );
  },
};

export const rule: Command = {
  name: 'rule',
  summary: 'Show, add, change, remove and test a rule.',
  subcommands: [show, add, change, remove, trial],
};

async function known(client: Client, name: string): Promise<AlertRuleInfo> {
  const found = (await client.listAlertRules()).find((one) => one.name === name);
  if (found !== undefined) return found;
  throw notThere(`alert rule ${name}`, 'See which there are: wherry alerts rules');
}

interface Put {
  readonly rule: AlertRuleInfo;
  /** What it gives now; undefined where that can't be said. */
  readonly trials: readonly AlertTrial[] | undefined;
}

async function putRule(client: Client, name: string, request: AlertRuleRequest): Promise<Put> {
  const rule = await inFlags(ruleFlags, () => client.putAlertRule(name, request));
  // It is there: whether it can be tried as well decides nothing.
  return { rule, trials: await client.tryAlertRule(name).catch(() => undefined) };
}

async function told({ output }: Context, { rule, trials }: Put): Promise<void> {
  await output.result(rule, () => `${rule.name}: ${rule.sentence}`);
  if (rule.enabled === false) return output.note('It is off.');
  if (trials !== undefined) output.note(nowText(rule, trials));
  output.note(`More of that: wherry alerts rule test ${rule.name}`);
}

function changeOf({ options }: Context): AlertRuleRequest {
  const channels = options.list('channel');
  return given({
    threshold: numberOf(options.text('threshold'), '--threshold'),
    clear: numberOf(options.text('clear'), '--clear'),
    for: options.text('for'),
    keepFiring: options.text('keepFiring'),
    severity: options.oneOf('severity', '--severity', severities),
    channels: channels.length === 0 ? undefined : channels,
  });
}

function wholeOf({ options }: Context): AlertRuleRequest {
  const [above, below] = [
    numberOf(options.text('above'), '--above'),
    numberOf(options.text('below'), '--below'),
  ];
  const pattern = options.text('log');
  const logs =
    pattern === undefined
      ? undefined
      : given({
          pattern,
          functions: options.text('functions'),
          level: options.oneOf('level', '--level', logLevels),
          count: options.integer('count', '--count'),
          within: options.text('within'),
        });
  if (above !== undefined && below !== undefined)
    throw usageError('--above and --below exclude each other', 'Give one of them');
  const beyond =
    above !== undefined
      ? { is: '>' as const, threshold: above }
      : below !== undefined
        ? { is: '<' as const, threshold: below }
        : {};
  return {
    ...given({
      query: options.text('query'),
      logs,
      is: options.oneOf('is', '--is', comparisons),
      labels: options.keyValues('label', '--label'),
      unit: options.oneOf('unit', '--unit', units),
      subject: options.text('subject'),
      summary: options.text('summary'),
      action: options.text('action'),
    }),
    ...beyond,
  };
}

function numberOf(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined;
  const [, digits = '', percent] = /^([+-]?\d{1,15}(?:\.\d{1,9})?)(%)?$/.exec(text) ?? [];
  if (digits === '')
    throw usageError(`${flag}: ${JSON.stringify(text)} is no number`, `Write it as ${flag} 2.5, or 5%`);
  return percent === undefined ? Number(digits) : Number(digits) / 100;
}

/** Without what is not said. */
function given<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
