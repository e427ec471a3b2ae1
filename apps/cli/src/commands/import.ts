import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { bundledImage } from '@wherry/core/bundled-images';
import type { FunctionSpec } from '@wherry/core/function';
import { defaultNamespace, fullName } from '@wherry/core/names';
import { packageDigest } from '@wherry/core/packages';
import { withoutEffect } from '@wherry/core/rules/known-keys';
import { encodeDeployment } from '@wherry/wire/deployment';
import { Client } from '@wherry/wire/client';
import { basic, bearer } from '@wherry/wire/connection';
import type { ClientError } from '@wherry/wire/client-error';
import { type Command, dryRunOption, targetOptions } from '../command.ts';
import { gatewayUrl } from '../config/target.ts';
import { nodeTransport } from '../connection/node-transport.ts';
import type { Context } from '../context.ts';
import { provingMs } from '../deploying/deployed.ts';
import { type Found, foundInFiles } from '../deploying/found-in-files.ts';
import { specOf } from '../deploying/spec-of-status.ts';
import { asClientError, usageError } from '../failures.ts';
import { escapeLine } from '../output/escape.ts';

/** What becomes of one thing that was found. */
interface Line {
  readonly what: string;
  readonly outcome: 'deployed' | 'would deploy' | 'made' | 'would make' | 'to do' | 'refused';
  readonly note?: string;
}

const openfaas: Command = {
  name: 'openfaas',
  summary: 'Take over functions, namespaces and the names of secrets from OpenFaaS.',
  details:
    'From a running gateway, which is only read, or from files: stack files, and resources of kind Function. What can run here is deployed; all else is told, line by\n' +
    'line, with what is left to do. Values of secrets cannot be read anywhere, and have to be written anew.',
  options: [
    { flags: '--from <SOURCE>', says: 'address of the other gateway, a folder, or a file' },
    { flags: '--from-user <NAME>', says: 'user of the other gateway (admin)' },
    { flags: '--from-password-file <FILE>', says: 'file with its password' },
    { flags: '--from-token <TOKEN>', says: 'token instead of user and password' },
    dryRunOption,
    ...targetOptions,
  ],
  examples: [
    [
      'import openfaas --from http://10.0.0.5:8080 --from-password-file pw --dry-run',
      'see what would happen',
    ],
    ['import openfaas --from ./functions', 'stack files of a folder'],
  ],
  exits: [4, 5],
  async run(context) {
    const { options, output } = context;
    const from = options.text('from');
    if (from === undefined)
      throw usageError('--from is missing', 'Name the other gateway, or a folder with stack files');
    const found = /^[a-z]+:\/\//i.test(from)
      ? await fromGateway(from, context)
      : await foundInFiles(from, context);
    const lines = await takeOver(found, context);
    await output.result(lines, () => lines.map(shown).join('\n'));
    const todo = lines.filter(({ outcome }) => outcome === 'to do' || outcome === 'refused').length;
    if (todo > 0) output.note(`\n${todo === 1 ? '1 thing is' : `${todo} things are`} left to do`);
    return lines.some(({ outcome }) => outcome === 'refused') ? 1 : 0;
  },
};

export const command: Command = {
  name: 'import',
  summary: 'Take over what runs elsewhere.',
  subcommands: [openfaas],
  related: ['export', 'deploy'],
};

async function fromGateway(from: string, { options, signal, cwd }: Context): Promise<Found> {
  const token = options.text('fromToken');
  const file = options.text('fromPasswordFile');
  const password = file === undefined ? undefined : (await readFile(resolve(cwd, file), 'utf8')).trim();
  const authorization =
    token !== undefined
      ? bearer(token)
      : password === undefined
        ? undefined
        : basic(options.text('fromUser') ?? 'admin', password);
  const client = new Client({
    url: gatewayUrl(from, '--from'),
    origin: '--from',
    ...(authorization === undefined ? {} : { authorization }),
    transport: nodeTransport({ verifyTls: !options.flag('tlsNoVerify') }),
    signal,
  });
  // The community edition knows one namespace, and says so in its own way.
  const namespaces = await client.listNamespaces().catch(() => [defaultNamespace]);
  const specs: FunctionSpec[] = [];
  const secrets: { name: string; namespace: string }[] = [];
  for (const namespace of namespaces) {
    specs.push(
      ...(await client.listFunctions(namespace)).map((status) => ({ ...specOf(status), namespace })),
    );
    const listed = await client.listSecrets(namespace).catch(() => []);
    secrets.push(...listed.map(({ name }) => ({ name, namespace })));
  }
  return { specs, namespaces, secrets };
}

async function takeOver({ specs, namespaces, secrets }: Found, context: Context): Promise<readonly Line[]> {
  const dry = context.options.flag('dryRun');
  const { client } = await context.connect();
  const lines: Line[] = [];
  const there = new Set(await client.listNamespaces());
  for (const name of namespaces.filter((one) => !there.has(one))) {
    if (!dry) await client.createNamespace({ name });
    lines.push({ what: `namespace ${name}`, outcome: dry ? 'would make' : 'made' });
  }
  const written = new Set<string>();
  for (const namespace of dry ? namespaces.filter((one) => there.has(one)) : namespaces)
    for (const { name } of await client.listSecrets(namespace)) written.add(fullName({ name, namespace }));
  for (const secret of new Map(secrets.map((one) => [fullName(one), one])).values())
    if (!written.has(fullName(secret)))
      lines.push({
        what: `secret ${fullName(secret)}`,
        outcome: 'to do',
        note: `write it: wherry secret create ${secret.name} -n ${secret.namespace} --from-file FILE`,
      });
  for (const spec of specs) lines.push(await takeFunction(spec, client, dry));
  return lines;
}

async function takeFunction(spec: FunctionSpec, client: Client, dry: boolean): Promise<Line> {
  const what = `function ${fullName(spec)}`;
  if (bundledImage(spec.image) === undefined && packageDigest(spec.image) === undefined)
    return {
      what,
      outcome: 'to do',
      note: `its image ${spec.image} needs an engine; deploy its code: wherry deploy ${spec.name} --from FOLDER`,
    };
  const ignored = withoutEffect(spec).map(({ key, why }) => `${key}: ${why}`);
  const note = ignored.length === 0 ? {} : { note: `without effect here: ${ignored.join('; ')}` };
  if (dry) return { what, outcome: 'would deploy', ...note };
  try {
    await client.deploy(encodeDeployment(spec), provingMs);
    return { what, outcome: 'deployed', ...note };
  } catch (thrown) {
    const { report }: ClientError = asClientError(thrown);
    return { what, outcome: 'refused', note: `${report.cause}. ${report.next}` };
  }
}

function shown({ what, outcome, note }: Line): string {
  const sign = {
    deployed: '✓',
    made: '✓',
    'would deploy': '+',
    'would make': '+',
    'to do': '!',
    refused: '✗',
  }[outcome];
  // Names and images are the other gateway's words.
  return `${sign} ${escapeLine(what)}: ${outcome}${note === undefined ? '' : `\n    ${escapeLine(note)}`}`;
}
