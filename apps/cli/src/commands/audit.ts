// Long because: the questions to one log stand beside each other.
import { createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { durationMs } from '@wherry/core/rules/quantity';
import { type AuditEntryInfo, encodeVerdict } from '@wherry/wire/audit';
import { rfc3339 } from '@wherry/wire/times';
import { type Command, dryRunOption, type OptionSpec, targetOptions } from '../command.ts';
import type { Context } from '../context.ts';
import { dataFolder } from '../data-folder.ts';
import { notThere, usageError } from '../failures.ts';
import { changeText, describeRecord, describeVerdict, targetText } from '../output/audit-text.ts';
import { type Column, table } from '../output/table.ts';
import { fileFormat } from './file-format.ts';
import { homeOption } from './backup.ts';

const auditFormats = ['jsonl', 'csv'] as const;

const filters: readonly OptionSpec[] = [
  { flags: '--who <NAME>', says: 'only what was done with this token' },
  { flags: '--what <ROUTE>', says: 'only this, such as deployFunction' },
  { flags: '--name <NAME>', says: 'only what is about this function, secret, token …' },
  { flags: '-n, --namespace <NAME>', says: 'only what is about this namespace' },
  {
    flags: '--outcome <OUTCOME>',
    says: 'done, refused, or unknown',
    choices: ['done', 'refused', 'unknown'],
  },
  { flags: '--since <DURATION>', says: 'only of the last 10m, 1h, 7d …' },
  { flags: '--until <DURATION>', says: 'only from before that' },
  { flags: '--before <SEQ>', says: 'only records with smaller numbers' },
  { flags: '--limit <COUNT>', says: 'at most so many (50)' },
];

const columns: readonly Column<AuditEntryInfo>[] = [
  { head: 'SEQ', cell: ({ seq }) => String(seq), right: true },
  { head: 'TIME', cell: ({ at }) => at.replace(/\.\d+Z$/, 'Z') },
  {
    head: 'WHO',
    cell: ({ who, from }) => `${who === '' ? 'nobody' : who}${from === '' ? '' : ` from ${from}`}`,
  },
  { head: 'WHAT', cell: ({ what }) => what },
  { head: 'ON', cell: targetText, shrinks: true },
  { head: 'OUTCOME', cell: outcomeText },
  { head: 'CHANGE', cell: changeText, shrinks: true },
];

const list: Command = {
  name: 'list',
  aliases: ['ls'],
  summary: 'Show who changed what, newest first.',
  options: [...filters, ...targetOptions],
  examples: [
    ['audit list --since 1h', 'of the last hour'],
    ['audit list --outcome refused', 'what was tried and not done'],
  ],
  exits: [4, 5],
  async run(context) {
    const { options, output } = context;
    const ago = (name: string): { readonly [key: string]: string } => {
      const text = options.text(name);
      return text === undefined ? {} : { [name]: rfc3339(Date.now() - durationMs(`--${name}`, text)) };
    };
    const texts = ['who', 'what', 'name', 'namespace', 'outcome'].flatMap((name) => {
      const text = options.text(name);
      return text === undefined ? [] : [[name, text] as const];
    });
    const before = options.integer('before', '--before');
    const query = {
      ...{ ...Object.fromEntries(texts), ...ago('since'), ...ago('until') },
      ...(before === undefined ? {} : { before }),
      limit: options.integer('limit', '--limit') ?? 50,
    };
    const found = await context.ask('Reading the audit log', (client) => client.listAudit(query));
    if (found.length === 0) output.note('Nothing is recorded that fits.');
    await output.result(found, () => (found.length === 0 ? '' : table(columns, found, output.out.columns)));
  },
};

const show: Command = {
  name: 'show',
  summary: 'Show one record in full.',
  arguments: [{ name: '<SEQ>', says: 'its number' }],
  options: targetOptions,
  exits: [3, 4, 5],
  async run(context) {
    const seq = Number(context.args[0]);
    if (!Number.isSafeInteger(seq) || seq < 1)
      throw usageError(
        'the number of a record is a whole number from 1 on',
        'See which there are: wherry audit list',
      );
    const [found] = await context.ask('Reading', (client) => client.listAudit({ before: seq + 1, limit: 1 }));
    if (found?.seq !== seq) throw notThere(`record ${seq}`, 'See which there are: wherry audit list');
    await context.output.result(found, () => describeRecord(found));
  },
};

const exporting: Command = {
  name: 'export',
  summary: 'Write the whole log into a file, oldest first.',
  details: 'In JSON lines it can be verified anywhere: wherry audit verify FILE. CSV is for spreadsheets.',
  arguments: [{ name: '[FILE]', says: 'where to; standard output unless given' }],
  options: [
    {
      flags: '--format <FORMAT>',
      says: 'jsonl or csv (what FILE ends with, else jsonl)',
      choices: auditFormats,
    },
    ...targetOptions,
  ],
  exits: [4, 5],
  async run(context) {
    const { args, cwd, options, output } = context;
    const { client } = await context.connect({ timeoutMs: 0 });
    const format =
      fileFormat(auditFormats, args[0], options.oneOf('format', '--format', auditFormats)) ?? 'jsonl';
    const bytes = client.exportAudit(format);
    if (args[0] === undefined || args[0] === '-') {
      for await (const chunk of bytes) await output.out.write(chunk);
      return;
    }
    const path = resolve(cwd, args[0]);
    await pipeline(Readable.from(bytes), createWriteStream(path, { mode: 0o600 }));
    await output.result({ path }, () => `Exported to ${path}`);
    output.note(
      format === 'csv'
        ? 'Only JSON lines can be verified: leave --format out'
        : `Verify it: wherry audit verify ${args[0]}`,
    );
  },
};

const verify: Command = {
  name: 'verify',
  summary: 'Say whether the log is what was written, and which record is the first that is not.',
  details:
    'Asks the gateway; with --home it reads a data folder by itself, and with FILE an export, for which no gateway is needed. Note the head that it prints\n' +
    'elsewhere: who can write everything in the data folder can write the log anew, and only that shows it.',
  arguments: [{ name: '[FILE]', says: 'an export in JSON lines' }],
  options: [
    homeOption,
    { flags: '--key <FILE>', says: 'a copy of audit.key, to prove who wrote an export' },
    ...targetOptions,
  ],
  examples: [
    ['audit verify', 'of the gateway'],
    ['audit verify --home ~/.wherry', 'of a data folder, without it'],
    ['audit verify audit.jsonl', 'of an export'],
  ],
  exits: [4, 5],
  async run(context) {
    const state = await verdictOf(context);
    await context.output.result(state, () => describeVerdict(state));
    return state.verifies ? 0 : 1;
  },
};

async function verdictOf(context: Context): Promise<ReturnType<typeof encodeVerdict>> {
  const { args, cwd, options } = context;
  const [file, home, key] = [args[0], options.text('home'), options.text('key')];
  if (file === undefined && home === undefined)
    return context.ask('Verifying', (client) => client.verifyAudit(), { timeoutMs: 0 });
  const { verifyExport, verifyFolder } = await dataFolder();
  if (file === undefined) return encodeVerdict(await verifyFolder(resolve(cwd, home ?? '')));
  const keyPath = key === undefined ? undefined : resolve(cwd, key);
  return encodeVerdict(await verifyExport(resolve(cwd, file), keyPath));
}

const accept: Command = {
  name: 'accept',
  summary: 'Go on with a log that does not verify, and note that in it.',
  details:
    'While the end of the log does not fit what is noted of it, nothing can be changed. Find out why first. This writes a record that names\n' +
    'every fault, and the log goes on from there; later it verifies but for those, which stay named. The gateway must be stopped.',
  options: [homeOption, dryRunOption],
  async run(context) {
    const { acceptLog, verifyFolder } = await dataFolder();
    const home = resolve(context.cwd, context.options.text('home') ?? context.home);
    if (context.options.flag('dryRun')) {
      const state = encodeVerdict(await verifyFolder(home));
      const would = `go on with the log of ${home} as it is`;
      await context.output.result({ would, ...state }, () => `${describeVerdict(state)}\nWould ${would}`);
      return;
    }
    const verdict = encodeVerdict(await acceptLog(home, Date.now()));
    await context.output.result(verdict, () => `${describeVerdict(verdict)}\nAccepted, and noted.`);
  },
};

export const command: Command = {
  name: 'audit',
  summary: 'Who changed what: list, export, verify.',
  details:
    'Every change over the API and every refusal has a record that can be neither changed nor removed without being noticed.',
  subcommands: [list, show, exporting, verify, accept],
  examples: [
    ['audit list', 'the last changes'],
    ['audit verify', 'is it what was written?'],
  ],
  related: ['token', 'backup'],
};

function outcomeText({ status, error, count }: AuditEntryInfo): string {
  const text = status === 0 ? 'unknown' : `${status}${error === undefined ? '' : ` ${error}`}`;
  return count === undefined ? text : `${text} ×${count}`;
}
