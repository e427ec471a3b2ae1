import { ClientError } from '@wherry/wire/client-error';
import type { Diagnosis, Note } from '@wherry/wire/diagnosis';
import { type Command, targetOptions } from '../command.ts';
import type { Connection, Context } from '../context.ts';
import { exitCodeOf } from '../failures.ts';
import { escapeLine } from '../output/escape.ts';
import { bytes } from '../output/quantities.ts';
import type { Style } from '../output/style.ts';
import { pairs } from '../output/table.ts';
import { version } from '../version.ts';

export const command: Command = {
  name: 'doctor',
  summary: 'Check this program, the gateway and its machine; made to be pasted into an issue.',
  options: targetOptions,
  examples: [
    ['doctor', 'what is there, what is lacking, and how to add it'],
    ['doctor -o json', 'for programs'],
  ],
  details: 'Ends with 1 when something is wrong, with 5 when no gateway can be reached.',
  exits: [4, 5],
  related: ['config', 'version', 'server'],
  async run(context) {
    const { output } = context;
    const connection = await context.connect({ timeoutMs: 15_000 });
    const client = clientFacts(context, connection);
    let gateway: Diagnosis;
    try {
      gateway = await connection.client.doctor();
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      // What is known is shown all the same; the failure says what to do next.
      await output.result({ client }, () => section('This program', Object.entries(client)));
      output.failure(error);
      return exitCodeOf(error);
    }
    const bad = gateway.notes.some(({ level }) => level === 'bad');
    await output.result({ client, gateway }, () => text(client, gateway, output.style));
    return bad ? 1 : 0;
  },
};

function clientFacts({ home }: Context, { client, credentials }: Connection): Record<string, string> {
  return {
    version: version(),
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    home,
    gateway: `${client.target.url} (from ${client.target.origin})`,
    // Whose they are, never what they are: this text is for issues.
    credentials: credentials.origin,
  };
}

function text(client: Record<string, string>, { provider, ...gateway }: Diagnosis, style: Style): string {
  const facts: [string, string][] = [
    ['version', `${gateway.version.release} (${gateway.version.sha})`],
    ['node', gateway.node],
    ['machine', gateway.machine],
    ['started', gateway.startedAt],
    ...gateway.listeners.map(({ name, url, open }): [string, string] => [
      name,
      `${url}${open ? ' (open to other machines)' : ''}`,
    ]),
    ...gateway.paths.map(({ name, path, freeBytes }): [string, string] => [
      name,
      `${path}${freeBytes === undefined ? '' : `, ${bytes(freeBytes)} free`}`,
    ]),
    ['provider', provider.name],
    ['isolation', provider.isolation],
  ];
  const fences = provider.fences.map(({ name, present, meaning, remedy }) =>
    line(present ? 'good' : 'warn', `${name}: ${meaning}`, remedy, style),
  );
  const runtimes = provider.runtimes.map(({ name, version, path }): [string, string] => [
    name,
    `${version}, ${path}`,
  ]);
  const notes = gateway.notes.map(({ level, text, remedy }) => line(level, text, remedy, style));
  return [
    section('This program', Object.entries(client)),
    section('Gateway', facts),
    `Fences:\n${fences.join('\n')}`,
    section('Runtimes', runtimes),
    ...(notes.length === 0 ? [] : [`Notes:\n${notes.join('\n')}`]),
  ].join('\n\n');
}

function section(title: string, entries: readonly (readonly [string, string])[]): string {
  return `${title}:\n${pairs(
    entries.map(([label, value]) => [label, escapeLine(value)]),
    '  ',
  )}`;
}

function line(level: Note['level'], text: string, remedy: string | undefined, style: Style): string {
  const mark = { good: style.good('✓'), warn: style.warn('!'), bad: style.bad('✗') }[level];
  return `  ${mark} ${escapeLine(text)}${remedy === undefined ? '' : `\n    to add it: ${escapeLine(remedy)}`}`;
}
