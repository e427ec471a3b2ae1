import type { Restored, Saved } from '../data-folder.ts';
import { bytes } from './quantities.ts';
import { pairs } from './table.ts';

/** What tables hold, for people; others are for nobody but the gateway. */
const words: readonly (readonly [table: string, one: string, many: string])[] = [
  ['functions', 'function', 'functions'],
  ['namespaces', 'namespace', 'namespaces'],
  ['secrets', 'secret', 'secrets'],
  ['tokens', 'token', 'tokens'],
  ['schedules', 'schedule', 'schedules'],
  ['images', 'name of an image', 'names of images'],
  ['builds', 'build', 'builds'],
  ['queue_items', 'queued call', 'queued calls'],
  ['queue_outcomes', 'result', 'results'],
  ['calls', 'record of a call', 'records of calls'],
  ['logs', 'log line', 'log lines'],
  ['exits', 'end of an instance', 'ends of instances'],
];

export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `3 functions, 2 secrets …`, without what there is none of. */
export function holdings({ rows, members, history }: Saved): string {
  const packages = members.filter(({ name }) => name.startsWith('packages/')).length;
  const parts = words
    .filter(([table]) => (rows[table] ?? 0) > 0)
    .map(([table, one, many]) => counted(rows[table] ?? 0, one, many));
  if (packages > 0) parts.push(counted(packages, 'package', 'packages'));
  const all = parts.length === 0 ? 'nothing yet' : parts.join(', ');
  return history ? all : `${all}; no history`;
}

const keysText = {
  none: 'not in it',
  clear: 'in it, in clear: whoever has it has the secrets',
  passphrase: 'in it, under a passphrase',
};

export function describeBackup(saved: Saved): string {
  const { path, at, program, host, keys, damaged, missingPackages } = saved;
  return pairs([
    ['backup', `${path}, ${bytes(saved.bytes)}, whole`],
    ['made', `${new Date(at).toISOString()} by Wherry ${program} on ${host}`],
    ['holds', holdings(saved)],
    ['keys', keysText[keys]],
    ...(damaged > 0
      ? [['damaged', `${counted(damaged, 'row', 'rows')} already when it was made`] as const]
      : []),
    ...(missingPackages.length > 0
      ? [
          [
            'missing',
            `${counted(missingPackages.length, 'package', 'packages')} that were not there`,
          ] as const,
        ]
      : []),
  ]);
}

/** What came back, what did not, and what to do now. */
export function describeRestored(restored: Restored, home: string): string {
  const { backup, secrets, keys, aside, config } = restored;
  const lines = [
    pairs([
      ['restored', `${home}, as it was on ${backup.host} at ${new Date(backup.at).toISOString()}`],
      ['holds', holdings(backup)],
      ['secrets', `${secrets.readable} readable, ${secrets.lost.length} lost`],
      ['keys', keys.length === 0 ? 'none came with it' : keys.join(', ')],
      ...(aside === undefined ? [] : [['before', `what was there is in ${aside}`] as const]),
    ]),
  ];
  if (secrets.lost.length > 0) {
    lines.push(
      '',
      'Their key is not here, so these cannot be read any more. Write them anew once the gateway runs:',
    );
    for (const { namespace, name } of secrets.lost)
      lines.push(`  wherry secret update ${name} -n ${namespace} --from-file FILE`);
    lines.push('Or do this again with their key: wherry restore FILE --force --key secrets.key');
  }
  if (config) lines.push('', `Look at ${home}/config.yaml: paths and addresses in it are of ${backup.host}.`);
  if (!keys.includes('admin.token'))
    lines.push('', 'The admin token is made anew at the first start; tokens of others are as they were.');
  lines.push('', `Next: WHERRY_HOME=${home} wherry server`);
  return lines.join('\n');
}
