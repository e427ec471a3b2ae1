// Long because: everything that faas-cli has stands in one table, from which the page of the documentation is written.
/**
 * What of `faas-cli` works here, command by command and flag by flag. docs/faas-cli.md is written from this, and a test holds it against the
 * parser.
 */

/** works: as there. accepted: taken, without effect. other: taken, and means something else here. later: refused for now. */
export type State = 'works' | 'accepted' | 'other' | 'later';

export interface CommandState {
  /** As typed, without the program: `secret create`. */
  readonly command: string;
  readonly state: State;
  /** What to know, or to use instead. */
  readonly note?: string;
  /** By long name without dashes. */
  readonly flags?: Readonly<Record<string, State | readonly [State, string]>>;
}

const target: NonNullable<CommandState['flags']> = {
  gateway: 'works',
  token: 'works',
  'tls-no-verify': 'works',
};
const named = { ...target, namespace: 'works', name: 'works' } as const;
const stack = { yaml: 'works', filter: 'works', regex: 'works', envsubst: 'works' } as const;
const engine = ['accepted', 'there is no engine'] as const;
const built = {
  'no-cache': 'works',
  'build-arg': 'works',
  parallel: 'works',
  quiet: 'accepted',
  squash: engine,
  pull: engine,
  'build-option': engine,
  'build-label': engine,
  'copy-extra': ['accepted', 'configuration.copy works'],
  tag: ['accepted', 'packages are named by their content'],
  'disable-stack-pull': 'accepted',
  overwrite: 'accepted',
} as const satisfies NonNullable<CommandState['flags']>;
const remote = {
  platforms: engine,
  'extra-tag': engine,
  'remote-builder': ['accepted', 'the gateway builds'],
  'payload-secret': ['accepted', 'a token is sent'],
} as const satisfies NonNullable<CommandState['flags']>;

export const compatibility: readonly CommandState[] = [
  {
    command: 'login',
    state: 'works',
    note: 'logins that faas-cli has stored are found too',
    flags: {
      ...target,
      username: 'works',
      password: 'works',
      'password-stdin': 'works',
      timeout: 'accepted',
    },
  },
  { command: 'logout', state: 'works', flags: { gateway: 'works' } },
  {
    command: 'version',
    state: 'works',
    flags: {
      ...target,
      'short-version': 'works',
      json: 'works',
      'warn-update': ['accepted', 'nobody is asked for updates'],
    },
  },
  {
    command: 'list',
    state: 'works',
    flags: { ...target, namespace: 'works', quiet: 'works', verbose: 'works', json: 'works', sort: 'works' },
  },
  { command: 'describe', state: 'works', flags: { ...named, json: 'works', verbose: 'works' } },
  {
    command: 'deploy',
    state: 'works',
    note: 'deploys the code itself, without an image',
    flags: {
      ...named,
      ...stack,
      image: ['works', 'the bundled ones; others need an engine'],
      lang: 'works',
      handler: 'works',
      fprocess: 'works',
      env: 'works',
      label: 'works',
      annotation: 'works',
      secret: 'works',
      constraint: ['accepted', 'stored'],
      readonly: ['accepted', 'the root is always read-only'],
      replace: ['accepted', 'deploying always replaces'],
      update: ['accepted', 'deploying always updates'],
      tag: ['accepted', 'there are no images to tag'],
      'read-template': 'accepted',
      'cpu-limit': 'works',
      'cpu-request': ['accepted', 'stored'],
      'memory-limit': 'works',
      'memory-request': 'works',
      network: ['other', 'the network grant of the function'],
      timeout: ['other', 'the deadline of a call to the function'],
    },
  },
  { command: 'remove', state: 'works', flags: { ...named, ...stack } },
  {
    command: 'invoke',
    state: 'works',
    flags: {
      ...named,
      async: 'works',
      auth: ['accepted', 'the token there is is sent anyway'],
      'content-type': 'works',
      header: 'works',
      method: 'works',
      query: 'works',
      sign: 'works',
      key: 'works',
    },
  },
  {
    command: 'logs',
    state: 'works',
    note: 'ends with the last line unless --tail or --follow is given',
    flags: {
      ...named,
      tail: 'works',
      lines: 'works',
      since: 'works',
      'since-time': 'works',
      instance: 'works',
      output: ['works', 'plain, json'],
      json: 'works',
      'time-format': ['accepted', 'times are always RFC 3339'],
    },
  },
  { command: 'ready', state: 'works', flags: { ...named, attempts: 'works', interval: 'works' } },
  {
    command: 'diff',
    state: 'works',
    note: 'another name for plan; --exit-code says by the exit code whether something would change',
    flags: {
      ...target,
      ...stack,
      namespace: 'works',
      env: ['accepted', 'both sides are always compared'],
      tag: 'accepted',
    },
  },
  {
    command: 'secret create',
    state: 'works',
    flags: {
      ...target,
      namespace: 'works',
      'from-literal': 'works',
      'from-file': 'works',
      trim: 'works',
      replace: 'works',
    },
  },
  {
    command: 'secret update',
    state: 'works',
    flags: { ...target, namespace: 'works', 'from-literal': 'works', 'from-file': 'works', trim: 'works' },
  },
  { command: 'secret list', state: 'works', flags: { ...target, namespace: 'works', json: 'works' } },
  { command: 'secret remove', state: 'works', flags: { ...target, namespace: 'works' } },
  { command: 'secret apply', state: 'works', flags: { ...target, namespace: 'works', trim: 'works' } },
  {
    command: 'secret generate',
    state: 'works',
    note: '--to FILE in the place of -o',
    flags: { length: 'works' },
  },
  { command: 'secret keygen', state: 'works', note: '--to FILE in the place of -o' },
  {
    command: 'secret seal',
    state: 'works',
    note: '--to FILE in the place of -o; a JSON map of sealed boxes',
    flags: { 'from-literal': 'works', 'from-file': 'works' },
  },
  { command: 'secret unseal', state: 'works', flags: { key: 'works', in: 'works' } },
  { command: 'namespace create', state: 'works', flags: { ...target, label: 'works', annotation: 'works' } },
  { command: 'namespace update', state: 'works', flags: { ...target, label: 'works', annotation: 'works' } },
  { command: 'namespace get', state: 'works', flags: target },
  { command: 'namespace list', state: 'works', flags: { ...target, json: 'works' } },
  { command: 'namespace remove', state: 'works', note: 'empty ones only', flags: target },
  {
    command: 'new',
    state: 'works',
    note: 'templates are bundled; adds to the stack file that lies here',
    flags: {
      lang: 'works',
      handler: 'works',
      prefix: 'works',
      append: 'works',
      gateway: 'works',
      list: 'works',
      quiet: 'works',
      'memory-limit': 'works',
      'memory-request': 'works',
      'cpu-limit': 'works',
      'cpu-request': 'works',
    },
  },
  {
    command: 'build',
    state: 'works',
    note: 'the gateway builds, without an engine',
    flags: {
      ...stack,
      ...built,
      image: 'works',
      lang: 'works',
      handler: 'works',
      name: 'works',
      shrinkwrap: ['works', 'writes the function’s files to ./build/NAME'],
    },
  },
  {
    command: 'push',
    state: 'other',
    note: 'keeps the package under its image’s name in the gateway’s catalogue; registries come with images',
    flags: { ...stack, parallel: 'works', tag: 'accepted' },
  },
  { command: 'publish', state: 'works', note: 'build and push', flags: { ...stack, ...built, ...remote } },
  {
    command: 'up',
    state: 'works',
    note: 'leaves alone what has not changed',
    flags: {
      ...target,
      ...stack,
      ...built,
      ...remote,
      'skip-push': 'works',
      'skip-deploy': 'works',
      watch: ['works', 'the same as wherry dev'],
      publish: ['accepted', 'it is what happens anyway'],
      env: 'works',
      label: 'works',
      annotation: 'works',
      secret: 'works',
    },
  },
  {
    command: 'template pull',
    state: 'works',
    note: 'git, archives, or the stack’s; pinned in template-lock.json',
    flags: { overwrite: 'works' },
  },
  {
    command: 'template store list',
    state: 'other',
    note: 'the bundled templates',
    flags: { url: 'accepted', platform: 'accepted', recommended: 'accepted', official: 'accepted' },
  },
  { command: 'template store describe', state: 'other', note: 'the bundled templates' },
  { command: 'template store pull', state: 'other', note: 'bundled templates need no pulling' },
  {
    command: 'store list',
    state: 'works',
    note: 'the gateway’s catalogue (store.catalogue)',
    flags: { ...target, url: 'accepted', platform: 'accepted', verbose: 'works', json: 'works' },
  },
  { command: 'store describe', state: 'works', flags: { ...target, url: 'accepted', platform: 'accepted' } },
  {
    command: 'store deploy',
    state: 'works',
    note: 'shows first what the function asks for',
    flags: {
      ...target,
      namespace: 'works',
      name: 'works',
      env: 'works',
      label: 'works',
      annotation: 'works',
      secret: 'works',
      constraint: ['accepted', 'stored'],
      replace: 'accepted',
      update: 'accepted',
      url: 'accepted',
      platform: 'accepted',
    },
  },
  ...['local-run', 'registry-login'].map(
    (command): CommandState => ({
      command,
      state: 'later',
      note: 'comes with images; wherry dev runs functions here',
    }),
  ),
  { command: 'generate', state: 'later', note: 'resources for Kubernetes come with it' },
  { command: 'plugin', state: 'later', note: 'everything is in the program itself' },
];
