// Long because: it is the whole port; what it is made of has files of its own.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { WherryError } from '@wherry/core/errors';
import { type Deployment, type DeploymentKey, keyOf, keyText } from '@wherry/core/function';
import type { Instance, Loaded, Usage } from '@wherry/core/instance';
import type { Clock } from '@wherry/core/ports/clock';
import type { Forwarder } from '@wherry/core/ports/forwarder';
import type { Ids } from '@wherry/core/ports/ids';
import type { PackageStore } from '@wherry/core/ports/package-store';
import type { Provider, ProviderEvents, ProviderReport } from '@wherry/core/ports/provider';
import type { Policy } from '@wherry/core/rules/policy';
import { findGroups, type GroupMaker } from './cgroups.ts';
import { placeCode } from './code-tree.ts';
import { assignmentOf, type Code } from './assignment.ts';
import { findCode, isOf } from './find-code.ts';
import { DebugDoors, debugPort } from './debug/debug-doors.ts';
import { type Assigned, exitOf } from './exit.ts';
import { type Fencing, findFencing } from './fences.ts';
import { type Host, type HostParts, type HostShape, startHost } from './host.ts';
import { Crowd } from './network/crowd.ts';
import type { FunctionsDoor } from './network/gate.ts';
import type { LookUp } from './network/look-up.ts';
import { HostPool } from './host-pool.ts';
import type { Runtime } from './runtimes/runtime.ts';
import { Runtimes } from './runtimes/runtimes.ts';
import { SecretMounts, type SecretSource } from './secret-mounts.ts';
import type { Slot } from './slot.ts';
import { startFailure, withLastWords } from './start-failure.ts';
import { UserIds } from './user-ids.ts';
import { Weights } from './weights.ts';
import { ProcessWorkshop } from './workshop/workshop.ts';

/** What the process provider is made from. */
export interface ProcessProviderOptions {
  /** A private folder on the same file system as the packages. */
  readonly folder: string;
  /** The folder with the language hosts. */
  readonly hosts: string;
  /** The folder with the code that stands in for images. */
  readonly bundled: string;
  /** The folder with the versions of Node that were fetched. */
  readonly fetched: string;
  /** PATH: where interpreters are looked for. */
  readonly path: string;
  /** Whether hosts are started ahead of time. */
  readonly pool: boolean;
  /** Which tool builds the fence: the best there is, or less for those who ask for it. */
  readonly fence: 'best' | 'util-linux' | 'none';
  /** What most functions are like; the waiting hosts are made for these. */
  readonly usualShape: HostShape;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly forwarder: Forwarder;
  readonly packages: PackageStore;
  readonly secrets: SecretSource;
  /** Where names lead, for functions that are granted a part of the network. */
  readonly lookUp: LookUp;
  /** Takes what functions that may say to the gateway. */
  readonly door: FunctionsDoor;
  /** For the operator's log. */
  readonly problem: (message: string) => void;
}

const component = 'process-provider';

/** Runs functions as fenced processes on this machine. */
export class ProcessProvider implements Provider {
  readonly #options: ProcessProviderOptions;
  readonly #users: UserIds;
  readonly #secrets: SecretMounts;
  readonly #crowd = new Crowd();
  readonly #weights = new Weights();
  readonly #debugDoors = new DebugDoors();
  /** Tells this data folder from every other on the machine. */
  readonly #mark: string;
  readonly #hosts = new Map<string, Host>();
  /** Hosts that have a function: whose end is told. */
  readonly #assigned = new Map<string, Assigned>();
  readonly #pools = new Map<string, HostPool>();
  /** By deployment: what its image means, looked up once. */
  readonly #codes = new Map<string, Code>();
  readonly #releases = new Set<Promise<void>>();
  readonly #starting = new Set<Promise<Host>>();
  readonly #ending = new AbortController();
  #runtimes: Runtimes | undefined;
  #groups: GroupMaker | undefined;
  #fencing: Fencing | undefined;
  #events: ProviderEvents | undefined;
  #closed = false;

  /** Where builds are run, as well fenced as functions are. */
  readonly workshop: ProcessWorkshop;

  constructor(options: ProcessProviderOptions) {
    this.#options = options;
    this.workshop = new ProcessWorkshop(join(options.folder, 'builds'), () => this.#parts);
    this.#mark = createHash('sha256').update(options.folder).digest('hex').slice(0, 12);
    this.#users = new UserIds(Number.parseInt(this.#mark.slice(0, 8), 16));
    this.#secrets = new SecretMounts(
      options.secrets,
      this.#mark,
      join(options.folder, 'secrets'),
      options.problem,
    );
  }

  async open(events: ProviderEvents): Promise<ProviderReport> {
    this.#events = events;
    const { folder, fence } = this.#options;
    mkdirSync(this.#slots, { recursive: true, mode: 0o700 });
    const name = `wherry-${this.#mark}`;
    this.#groups = process.platform === 'linux' && fence !== 'none' ? findGroups(name) : undefined;
    await this.#groups?.sweep();
    for (const left of readdirSync(this.#slots))
      rmSync(join(this.#slots, left), { recursive: true, force: true });
    this.#secrets.open();
    rmSync(join(folder, 'builds'), { recursive: true, force: true });
    mkdirSync(join(folder, 'builds'), { recursive: true, mode: 0o711 });
    const [fencing, runtimes] = await Promise.all([
      findFencing(folder, this.#groups, fence),
      Runtimes.find({
        hosts: this.#options.hosts,
        cache: join(folder, 'hosts'),
        fetched: this.#options.fetched,
        path: this.#options.path,
      }),
    ]);
    this.#fencing = fencing;
    this.#runtimes = runtimes;
    return {
      name: 'process',
      isolation: fencing.level,
      fences: fencing.fences,
      runtimes: runtimes.usual.map(({ name: runtime, version, path }) => ({
        name: runtime,
        version,
        path,
      })),
    };
  }

  async prepare(deployment: Deployment, policy: Policy): Promise<void> {
    this.#checkNetwork(policy);
    const code = await this.#code(deployment);
    if (sameShape(policy, this.#options.usualShape)) this.#pool(code.runtime);
  }

  async start(deployment: Deployment, policy: Policy, further = false): Promise<Instance> {
    const key = keyOf(deployment);
    const code = await this.#code(deployment);
    if (this.#closed) throw new WherryError('stopping', 'no instances are started any more', { component });
    const { runtime } = code;
    const pooled = sameShape(policy, this.#options.usualShape)
      ? this.#pool(runtime)?.take(further)
      : undefined;
    const place = ({ folder, functionFolder }: Slot): void => placeCode(code.folder, folder, functionFolder);
    const host = pooled ?? (await this.#launch(runtime, policy, key, runtime.needsCode ? place : undefined));
    const state: Assigned = { key, ending: undefined };
    this.#assigned.set(host.id, state);
    if (host.group !== undefined) this.#weights.join(key, host.group);
    host.tap.assign(key);
    host.gate?.assign(key);
    host.tap.mark(
      `started ${pooled === undefined ? 'from scratch' : 'from the pool'}, version ${key.version}`,
    );
    if (runtime.name === 'node' && !isOf(code.manifest, runtime))
      host.tap.mark(
        `${code.manifest.runtime} is not here: it runs on Node ${runtime.version}. To have it: wherry runtime add ${code.manifest.runtime}`,
      );
    try {
      if (!runtime.needsCode) place(host.slot);
      await this.#secrets.fill(host.id, key.namespace, deployment.spec.secrets ?? []);
      await this.#letDebuggersIn(host, code.runtime.name, policy);
      const loaded: Loaded = await host.channel.load(assignmentOf(deployment, policy, code, host));
      const origin = pooled === undefined ? 'scratch' : 'pool';
      state.startedAt = this.#options.clock.now();
      return {
        id: host.id,
        deployment: key,
        endpoint: host.endpoint,
        loaded,
        startedAt: state.startedAt,
        origin,
      };
    } catch (error) {
      state.ending ??= 'not-loaded';
      host.process.kill();
      await host.process.ended;
      throw withLastWords(startFailure(error), host.tap.lastWords);
    }
  }

  async stop(instance: string, graceMs: number): Promise<void> {
    const host = this.#hosts.get(instance);
    if (host === undefined) return;
    const state = this.#assigned.get(instance);
    if (state !== undefined) state.ending = 'stopped';
    host.channel.stop();
    const giveUp = this.#options.clock.after(graceMs, () => {
      if (state !== undefined) state.ending = 'killed';
      host.process.kill();
    });
    await host.process.ended;
    giveUp();
    await this.#release(host);
  }

  async forget(deployment: Deployment): Promise<void> {
    this.#codes.delete(keyText(keyOf(deployment)));
  }

  async usage(instances: readonly string[]): Promise<readonly Usage[]> {
    return instances.flatMap((id) => {
      const host = this.#hosts.get(id);
      if (host === undefined) return [];
      // Without control groups nobody counts; that it runs is known all the same.
      const { outOfMemory: _, peakMemoryBytes: __, ...now } = host.group?.usage() ?? { outOfMemory: false };
      return [{ instance: id, ...now }];
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#ending.abort();
    this.#debugDoors.closeAll();
    for (const pool of this.#pools.values()) pool.close();
    for (const state of this.#assigned.values()) state.ending ??= 'stopped';
    for (const host of this.#hosts.values()) host.process.kill();
    await Promise.allSettled(this.#starting);
    await Promise.all([...this.#hosts.values()].map((host) => this.#release(host)));
    await Promise.all(this.#releases);
    await this.#groups?.close();
    this.#secrets.close();
    rmSync(this.#slots, { recursive: true, force: true });
  }

  get #slots(): string {
    return join(this.#options.folder, 'instances');
  }

  /** A grant that cannot be kept to what it says is not given at all. Without a fence, functions have the machine's own network. */
  #checkNetwork({ network }: Policy): void {
    const { tool, networking } = this.#fencing as Fencing;
    if (network.kind !== 'listed' || tool === 'none' || !('problem' in networking)) return;
    throw new WherryError('network_unavailable', `com.wherry.network: ${networking.problem}`, { component });
  }

  /** A package never changes, so waking does not have to read it again. */
  async #code(deployment: Deployment): Promise<Code> {
    const key = keyText(keyOf(deployment));
    const known = this.#codes.get(key);
    if (known !== undefined) return known;
    const { packages, bundled, folder } = this.#options;
    const places = { packages, functions: bundled, cache: join(folder, 'bundled') };
    const code = await findCode(deployment, places, this.#runtimes as Runtimes);
    this.#codes.set(key, code);
    return code;
  }

  /** Every language that functions can run in here, in all its versions. */
  async allRuntimes(): Promise<ProviderReport['runtimes']> {
    return (await this.#runtimes?.all()) ?? [];
  }

  /** Waiting hosts for a runtime, from the first function on that needs it. */
  #pool(runtime: Runtime): HostPool | undefined {
    if (!this.#options.pool || this.#closed || runtime.needsCode) return undefined;
    const standing = this.#pools.get(runtime.name);
    if (standing !== undefined) return standing;
    const shape = this.#options.usualShape;
    const pool = new HostPool(
      this.#options.clock,
      () => this.#waiting(runtime, shape),
      (host) => host.process.kill(),
    );
    this.#pools.set(runtime.name, pool);
    return pool;
  }

  /** A question on the way there, so that both sides have been through one before a wake counts on it. */
  async #waiting(runtime: Runtime, shape: HostShape): Promise<Host> {
    const host = await this.#launch(runtime, shape);
    void host.channel.ping(1000);
    return host;
  }

  #launch(
    runtime: Runtime,
    shape: HostShape,
    key?: DeploymentKey,
    furnish?: (slot: Slot) => void,
  ): Promise<Host> {
    const launch = this.#begin(runtime, shape, key, furnish);
    const over = (): void => void this.#starting.delete(launch);
    this.#starting.add(launch);
    launch.then(over, over);
    return launch;
  }

  async #begin(
    runtime: Runtime,
    shape: HostShape,
    key?: DeploymentKey,
    furnish?: (slot: Slot) => void,
  ): Promise<Host> {
    const host = await startHost(this.#parts, runtime, shape, key, furnish);
    this.#hosts.set(host.id, host);
    void host.process.ended.then(() => this.#ended(host));
    if (this.#closed) host.process.kill();
    return host;
  }

  get #parts(): HostParts {
    const { clock, ids, forwarder, path, lookUp, door } = this.#options;
    const logged: HostParts['logged'] = (lines) => this.#events?.logged(lines);
    const contacted: HostParts['contacted'] = (contact) => this.#events?.contacted(contact);
    return {
      fencing: this.#fencing as Fencing,
      groups: this.#groups,
      users: this.#users,
      slots: this.#slots,
      secrets: this.#secrets,
      path,
      clock,
      ids,
      forwarder,
      ending: this.#ending.signal,
      lookUp,
      door,
      crowd: this.#crowd,
      logged,
      contacted,
    };
  }

  /** The port has to be there before the code is, because the code may wait for a debugger. */
  async #letDebuggersIn(
    { id, process: { pid, contained } }: Host,
    runtime: string,
    policy: Policy,
  ): Promise<void> {
    if (policy.debug === undefined || !contained || policy.network.kind === 'host' || pid === undefined)
      return;
    await this.#debugDoors.open(policy.debug.port, id, pid, debugPort(runtime));
  }

  #ended(host: Host): void {
    this.#debugDoors.close(host.id);
    const state = this.#assigned.get(host.id);
    this.#assigned.delete(host.id);
    for (const pool of this.#pools.values()) pool.dropped(host.id);
    host.channel.close();
    if (state !== undefined) {
      if (host.group !== undefined) this.#weights.leave(state.key, host.group);
      const exit = exitOf(host, state, this.#options.clock.now());
      host.tap.mark(exit.reason);
      host.tap.flush();
      this.#events?.exited(exit);
    }
    void this.#release(host);
  }

  /** Cleans up once, however many wait for it. */
  #release(host: Host): Promise<void> {
    if (!this.#hosts.delete(host.id)) return this.#pending.get(host.id) ?? Promise.resolve();
    const done = host.process.ended
      .then(() => host.release())
      .finally(() => {
        this.#pending.delete(host.id);
        this.#releases.delete(done);
      });
    this.#pending.set(host.id, done);
    this.#releases.add(done);
    return done;
  }

  readonly #pending = new Map<string, Promise<void>>();
}

function sameShape(policy: HostShape, usual: HostShape): boolean {
  return (
    policy.memoryBytes === usual.memoryBytes &&
    policy.processes === usual.processes &&
    policy.scratchBytes === usual.scratchBytes &&
    policy.cpus === usual.cpus &&
    policy.network.text === usual.network.text
  );
}
