import type { Command } from './command.ts';

interface Entry {
  readonly names: readonly string[];
  load(): Promise<{ readonly command: Command }>;
}

/** Every command, by chapter of the first help page. A command's file is loaded when it is asked for. */
const chapters: readonly (readonly [string, readonly Entry[]])[] = [
  [
    'Functions',
    [
      { names: ['new'], load: () => import('./commands/new.ts') },
      { names: ['up'], load: () => import('./commands/up.ts') },
      { names: ['dev'], load: () => import('./commands/dev.ts') },
      { names: ['build'], load: () => import('./commands/build.ts') },
      { names: ['push'], load: () => import('./commands/push.ts') },
      { names: ['publish'], load: () => import('./commands/publish.ts') },
      { names: ['deploy'], load: () => import('./commands/deploy.ts') },
      { names: ['plan', 'diff'], load: () => import('./commands/plan.ts') },
      { names: ['versions'], load: () => import('./commands/versions.ts') },
      { names: ['rollback'], load: () => import('./commands/rollback.ts') },
      { names: ['canary'], load: () => import('./commands/canary.ts') },
      { names: ['promote'], load: () => import('./commands/promote.ts') },
      { names: ['abort'], load: () => import('./commands/abort.ts') },
      { names: ['alias', 'aliases'], load: () => import('./commands/alias.ts') },
      { names: ['invoke'], load: () => import('./commands/invoke.ts') },
      { names: ['list', 'ls'], load: () => import('./commands/list.ts') },
      { names: ['describe'], load: () => import('./commands/describe.ts') },
      { names: ['ready'], load: () => import('./commands/ready.ts') },
      { names: ['logs'], load: () => import('./commands/logs.ts') },
      { names: ['instances'], load: () => import('./commands/instances.ts') },
      { names: ['calls'], load: () => import('./commands/calls.ts') },
      { names: ['usage'], load: () => import('./commands/usage.ts') },
      { names: ['alerts', 'alert'], load: () => import('./commands/alerts.ts') },
      { names: ['reports', 'report'], load: () => import('./commands/reports.ts') },
      { names: ['query'], load: () => import('./commands/query.ts') },
      { names: ['boards', 'board'], load: () => import('./commands/boards.ts') },
      { names: ['queue'], load: () => import('./commands/queue.ts') },
      { names: ['schedule', 'schedules'], load: () => import('./commands/schedule.ts') },
      { names: ['topic', 'topics'], load: () => import('./commands/topic.ts') },
      { names: ['scale'], load: () => import('./commands/scale.ts') },
      { names: ['scaling'], load: () => import('./commands/scaling.ts') },
      { names: ['remove', 'rm', 'delete'], load: () => import('./commands/remove.ts') },
      { names: ['secret'], load: () => import('./commands/secret.ts') },
      { names: ['namespace', 'ns'], load: () => import('./commands/namespace.ts') },
      { names: ['namespaces'], load: () => import('./commands/namespaces.ts') },
      { names: ['import'], load: () => import('./commands/import.ts') },
      { names: ['export'], load: () => import('./commands/export.ts') },
    ],
  ],
  [
    'Building blocks',
    [
      { names: ['store'], load: () => import('./commands/store.ts') },
      { names: ['template'], load: () => import('./commands/template.ts') },
      { names: ['image', 'images'], load: () => import('./commands/image.ts') },
      { names: ['runtime', 'runtimes'], load: () => import('./commands/runtime.ts') },
    ],
  ],
  [
    'Gateway',
    [
      { names: ['dashboard'], load: () => import('./commands/dashboard.ts') },
      { names: ['server'], load: () => import('./commands/server.ts') },
      { names: ['backup'], load: () => import('./commands/backup.ts') },
      { names: ['restore'], load: () => import('./commands/restore.ts') },
      { names: ['salvage'], load: () => import('./commands/salvage.ts') },
      { names: ['doctor'], load: () => import('./commands/doctor.ts') },
      { names: ['config'], load: () => import('./commands/config.ts') },
      { names: ['version'], load: () => import('./commands/version.ts') },
    ],
  ],
  [
    'Access',
    [
      { names: ['login'], load: () => import('./commands/login.ts') },
      { names: ['logout'], load: () => import('./commands/logout.ts') },
      { names: ['audit'], load: () => import('./commands/audit.ts') },
      { names: ['token'], load: () => import('./commands/token.ts') },
    ],
  ],
  ['This program', [{ names: ['completion'], load: () => import('./commands/completion.ts') }]],
];

const entries = chapters.flatMap(([, list]) => list);

/** The one command that is named; all of them where none is, for help and for suggestions. */
export async function commandsFor(first: string | undefined): Promise<readonly Command[]> {
  const one = entries.find(({ names }) => first !== undefined && names.includes(first));
  const wanted = one === undefined ? entries : [one];
  return (await Promise.all(wanted.map(({ load }) => load()))).map(({ command }) => command);
}

/** The commands under the titles of their chapters, out of those that were loaded. */
export function byChapter(commands: readonly Command[]): readonly (readonly [string, readonly Command[]])[] {
  return chapters.map(([title, list]) => [
    title,
    list.flatMap(({ names }) => commands.filter(({ name }) => name === names[0])),
  ]);
}
