// A process provider on this machine, with packages made on the spot, and functions that run what a test tells them.
import { createHash, randomBytes } from 'node:crypto';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { WherryError } from '@wherry/core/errors';
import type { Contact } from '@wherry/core/contact';
import type { Deployment, FunctionSpec } from '@wherry/core/function';
import type { Exit, Instance } from '@wherry/core/instance';
import type { LogLine } from '@wherry/core/log-line';
import { type PackageManifest, packageImage } from '@wherry/core/packages';
import type { Clock } from '@wherry/core/ports/clock';
import type { Channel } from '@wherry/core/ports/forwarder';
import type { Ids } from '@wherry/core/ports/ids';
import type { PackageStore } from '@wherry/core/ports/package-store';
import type { ProviderReport } from '@wherry/core/ports/provider';
import { policyOf } from '@wherry/core/rules/policy';
import { MemorySecretStore } from '@wherry/storage/memory/secret-store';
import { FramesForwarder } from '@wherry/forward/frames/forwarder';
import { ProcessProvider, type ProcessProviderOptions } from './provider.ts';

/** Why fences cannot be tested here; false where they can. */
export function noFences(): string | false {
  if (process.platform !== 'linux') return 'fences are built on Linux only';
  if (process.getuid?.() !== 0) return 'fences of level full need root';
  for (const program of ['bwrap', 'setpriv', 'unshare'])
    if (which(program) === undefined) return `${program} is not installed`;
  return false;
}

/** Where programs are looked for. */
const searchPath = execFileSync('/bin/sh', ['-c', 'printf %s "$PATH"'], { encoding: 'utf8' });

export function which(program: string): string | undefined {
  return searchPath
    .split(':')
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path));
}

export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
  every(ms, task) {
    const timer = setInterval(() => void task(), ms);
    return () => clearInterval(timer);
  },
};

const realIds: Ids = {
  callId: () => randomBytes(16).toString('hex'),
  shortId: () => randomBytes(5).toString('hex'),
  spanId: () => '00f067aa0ba902b7',
  secret: () => randomBytes(32).toString('base64url'),
};

/** Packages as folders. */
class FolderPackages implements PackageStore {
  readonly #folder: string;
  readonly #manifests = new Map<string, PackageManifest>();

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  add(manifest: PackageManifest, files: Readonly<Record<string, string | Buffer>>): string {
    const digest = createHash('sha256')
      .update(JSON.stringify([manifest, Object.entries(files)]))
      .digest('hex');
    for (const [name, text] of Object.entries(files)) {
      const path = join(this.#folder, digest, 'code', name);
      mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
      writeFileSync(path, text);
      chmodSync(path, 0o755);
    }
    this.#manifests.set(digest, manifest);
    return digest;
  }

  put(): Promise<never> {
    throw new Error('not here');
  }

  async get(digest: string) {
    const manifest = this.#manifests.get(digest);
    return manifest === undefined ? undefined : { digest, manifest, bytes: 1, files: 1 };
  }

  async folder(digest: string): Promise<string> {
    if (!this.#manifests.has(digest)) throw new WherryError('package_unknown', digest, { component: 'test' });
    return join(this.#folder, digest, 'code');
  }

  async sweep(): Promise<number> {
    return 0;
  }
}

/** Runs the Python in its body and answers with what the script left in `out`, as JSON. */
export const runsPython = `
import json
def handle(event, context):
    names = {'out': None}
    exec(event.body if isinstance(event.body, str) else event.body.decode(), names)
    return {'statusCode': 200, 'body': json.dumps(names['out'], default=str)}
`;

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly failure: string | undefined;
}

export class Machine {
  readonly folder: string;
  readonly packages: FolderPackages;
  readonly provider: ProcessProvider;
  readonly forwarder = new FramesForwarder();
  readonly secrets = new MemorySecretStore();
  readonly problems: string[] = [];
  readonly exits: Exit[] = [];
  readonly lines: LogLine[] = [];
  readonly contacts: Contact[] = [];
  /** Where names lead, and those that were asked for. */
  readonly names = new Map<string, readonly string[]>();
  readonly asked: string[] = [];
  /** Where names under `slow.` lead, once that is known. */
  slow: Promise<readonly string[]> = Promise.resolve([]);
  report!: ProviderReport;
  readonly #waiting = new Map<string, (exit: Exit) => void>();
  #versions = 0;

  constructor(
    options: Partial<ProcessProviderOptions> = {},
    folder = mkdtempSync(join(realpathSync(tmpdir()), 'wherry-providers-')),
  ) {
    this.folder = folder;
    // Functions of another user have to be able to pass.
    chmodSync(folder, 0o755);
    this.packages = new FolderPackages(join(folder, 'packages'));
    this.provider = new ProcessProvider({
      folder: join(folder, 'run'),
      hosts: join(import.meta.dirname, '../../../runtime'),
      bundled: join(import.meta.dirname, '../../../../store/functions'),
      path: searchPath,
      pool: false,
      fence: 'best',
      fetched: join(folder, 'runtimes'),
      usualShape: policyOf({ namespace: '', name: '', image: '' }),
      clock: realClock,
      ids: realIds,
      forwarder: this.forwarder,
      packages: this.packages,
      secrets: this.secrets,
      lookUp: async (name) => {
        this.asked.push(name);
        if (name.startsWith('slow.')) return this.slow;
        return this.names.get(name) ?? [];
      },
      door: (connection) => void connection.destroy(),
      problem: (message) => void this.problems.push(message),
      ...options,
    });
  }

  static async open(options: Partial<ProcessProviderOptions> = {}, folder?: string): Promise<Machine> {
    const machine = folder === undefined ? new Machine(options) : new Machine(options, folder);
    await machine.listen();
    return machine;
  }

  async listen(): Promise<void> {
    this.report = await this.provider.open({
      exited: (exit) => {
        this.exits.push(exit);
        this.#waiting.get(exit.instance)?.(exit);
      },
      logged: (lines) => void this.lines.push(...lines),
      contacted: (contact) => void this.contacts.push(contact),
    });
  }

  deployment(
    files: Readonly<Record<string, string | Buffer>>,
    manifest: Partial<PackageManifest> = {},
    spec: Partial<FunctionSpec> = {},
    version = ++this.#versions,
  ): Deployment {
    const [entry = ''] = Object.keys(files);
    const whole = {
      runtime: entry.endsWith('.py') ? 'python' : 'node',
      entry,
      signature: 'auto',
      ...manifest,
    };
    const name = spec.name ?? 'hello';
    const image = packageImage(name, this.packages.add(whole, files));
    return { spec: { namespace: 'openfaas-fn', name, image, ...spec }, version, createdAt: 0 };
  }

  async start(deployment: Deployment): Promise<Instance> {
    await this.provider.prepare(deployment, policyOf(deployment.spec));
    return this.provider.start(deployment, policyOf(deployment.spec));
  }

  /** An instance that runs what it is sent. */
  async python(
    spec: Partial<FunctionSpec> = {},
    files: Readonly<Record<string, string | Buffer>> = {},
  ): Promise<Sandboxed> {
    const instance = await this.start(this.deployment({ 'handler.py': runsPython, ...files }, {}, spec));
    return new Sandboxed(this, instance, await this.forwarder.open(instance.endpoint, () => undefined));
  }

  ended(instance: string): Promise<Exit> {
    const told = this.exits.find((exit) => exit.instance === instance);
    return told !== undefined
      ? Promise.resolve(told)
      : new Promise((resolve) => this.#waiting.set(instance, resolve));
  }

  /** What is left on the machine. */
  leftovers(): string[] {
    return [
      ...processesOf(this.folder).map((process) => `process ${process}`),
      ...groupsOf(this.folder).map((group) => `group ${group}`),
      ...filesIn(join(this.folder, 'run/instances')).map((file) => `file ${file}`),
      ...readFileSync('/proc/self/mountinfo', 'utf8')
        .split('\n')
        .filter((line) => line.includes(this.folder))
        .map((line) => `mount ${line}`),
    ];
  }

  async close(): Promise<void> {
    await this.provider.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** An instance that runs scripts inside of its fence. */
export class Sandboxed {
  readonly instance: Instance;
  readonly channel: Channel;
  readonly #machine: Machine;

  constructor(machine: Machine, instance: Instance, channel: Channel) {
    this.#machine = machine;
    this.instance = instance;
    this.channel = channel;
  }

  get id(): string {
    return this.instance.id;
  }

  send(body: string, path = '/'): Promise<Answer> {
    return callOn(this.channel, body, path);
  }

  /** What the script left in `out`. */
  async run<T = unknown>(script: string): Promise<T> {
    const answer = await this.send(script);
    if (answer.failure !== undefined || answer.status !== 200)
      throw new Error(`the script failed: ${answer.failure ?? answer.body}`);
    return JSON.parse(answer.body) as T;
  }

  stop(graceMs = 5000): Promise<void> {
    return this.#machine.provider.stop(this.id, graceMs);
  }

  /** Ids on the host of the processes of this instance. */
  get pids(): number[] {
    return processesIn(this.id);
  }
}

export function callOn(channel: Channel, body = '', path = '/'): Promise<Answer> {
  return new Promise((resolve) => {
    let answer: Answer = { status: 0, body: '', failure: 'nothing was said' };
    const pieces: Uint8Array[] = [];
    channel.forward(
      {
        method: 'POST',
        path,
        headers: ['Content-Type', 'text/plain'],
        body: Buffer.from(body),
        leftMs: 60_000,
      },
      {
        whole: (status, _headers, bytes) =>
          (answer = { status, body: Buffer.from(bytes).toString(), failure: undefined }),
        head: (status) => (answer = { status, body: '', failure: 'cut' }),
        chunk: (bytes) => pieces.push(Buffer.from(bytes)) > 0,
        end: () =>
          (answer = { status: answer.status, body: Buffer.concat(pieces).toString(), failure: undefined }),
        failed: ({ kind, reason }) => (answer = { status: 0, body: '', failure: `${kind}: ${reason}` }),
        settled: () => resolve(answer),
      },
    );
  });
}

const controllers = ['memory', 'pids'];

/** The control groups that belong to a data folder. */
function groupsOf(folder: string): string[] {
  const mark = createHash('sha256').update(join(folder, 'run')).digest('hex').slice(0, 12);
  return output('find', ['/sys/fs/cgroup', '-type', 'd', '-path', `*wherry-${mark}*`]);
}

/** The processes in an instance's group. */
function processesIn(instance: string): number[] {
  const groups = output('find', ['/sys/fs/cgroup', '-type', 'd', '-name', instance]).filter(
    (path) => controllers.some((one) => path.includes(`/${one}/`)) || !path.includes('/cpu'),
  );
  return [
    ...new Set(
      groups.flatMap((group) =>
        readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number),
      ),
    ),
  ];
}

/** Processes whose command or working folder names a data folder. */
export function processesOf(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        return (
          readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder) ||
          readlinkSync(`/proc/${pid}/cwd`).startsWith(folder)
        );
      } catch {
        return false;
      }
    });
}

function filesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** What a command wrote, however it ended: a search fails as a whole when something of somebody else's goes while it looks. */
function output(command: string, args: readonly string[]): string[] {
  const { error, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return error === undefined ? stdout.split('\n').filter(Boolean) : [];
}

/** Waits until something is so: for what the kernel does in its own time. Fails when it takes too long. */
export async function until(what: string, so: () => boolean, ms = 20_000): Promise<void> {
  const end = performance.now() + ms;
  while (!so()) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise<void>((resolve) => setTimeout(resolve, 5));
  }
}
