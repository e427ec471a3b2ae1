// A platform on stand-ins, under a clock that moves only when a test says so.
import { FakeBackups } from '@wherry/testkit/fake-backups';
import { createHash } from 'node:crypto';
import { type Principal, nobody } from '@wherry/core/access';
import type { ErrorCode, WherryError } from '@wherry/core/errors';
import type { FunctionSpec } from '@wherry/core/function';
import type { Exit } from '@wherry/core/instance';
import type { Body } from '@wherry/core/ports/body';
import type { Headers } from '@wherry/core/ports/forwarder';
import { builtInDefaults } from '@wherry/core/rules/policy';
import { MemoryAlertStore } from '@wherry/storage/memory/alert-store';
import { MemoryAuditLog } from '@wherry/storage/memory/audit-log';
import { MemoryBuildCatalogue } from '@wherry/storage/memory/build-catalogue';
import { MemoryCallQueue } from '@wherry/storage/memory/call-queue';
import { MemoryCallRecords } from '@wherry/storage/memory/call-records';
import { MemoryCaptures } from '@wherry/storage/memory/captures';
import { MemoryDesiredState } from '@wherry/storage/memory/desired-state';
import { MemoryLogArchive } from '@wherry/storage/memory/log-archive';
import { MemoryMetricHistory } from '@wherry/storage/memory/metric-history';
import { MemoryBoardStore } from '@wherry/storage/memory/board-store';
import { MemoryNamespaceStore } from '@wherry/storage/memory/namespace-store';
import { MemoryReportStore } from '@wherry/storage/memory/report-store';
import { MemoryScalingRecords } from '@wherry/storage/memory/scaling-records';
import { MemoryScheduleStore } from '@wherry/storage/memory/schedule-store';
import { MemorySecretStore } from '@wherry/storage/memory/secret-store';
import { MemoryTokenStore } from '@wherry/storage/memory/token-store';
import { patterns } from '@wherry/query/patterns';
import { queries } from '@wherry/query/queries';
import { countingIds } from '@wherry/testkit/counting-ids';
import { FakeBuilder, FakePackages } from '@wherry/testkit/fake-builder';
import { FakeCallbacks } from '@wherry/testkit/fake-callbacks';
import { FakeNotices } from '@wherry/testkit/fake-notices';
import { FakeForwarder } from '@wherry/testkit/fake-forwarder';
import { FakeProvider } from '@wherry/testkit/fake-provider';
import { settle, SimulatedClock } from '@wherry/testkit/simulated-clock';
import { cronCalendar } from '@wherry/triggers/cron-calendar';
import { webhookSignatures } from '@wherry/triggers/webhooks/signatures';
import type { Fleet } from './fleet/fleet.ts';
import type { Call, CallInput, CallOutput } from './invoke/call.ts';
import type { PlatformParts, PlatformSettings } from './platform-parts.ts';
import { Platform } from './platform.ts';

const mebibyte = 2 ** 20;

export const admin: Principal = { name: 'admin', scopes: ['admin'], functions: '*' };
export { nobody, settle };

export function hash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** What became of a call. */
export class Answer implements CallOutput {
  readonly heard: string[] = [];
  status = 0;
  headers: Headers = [];
  body = '';
  failure: WherryError | undefined;
  /** False makes the sender wait. */
  room = true;
  call!: Call;
  /** Resolves when the pipeline has ended. */
  over!: Promise<void>;
  ended = false;

  get code(): ErrorCode | undefined {
    return this.failure?.code;
  }

  whole(status: number, headers: Headers, body: Uint8Array): void {
    this.heard.push('whole');
    Object.assign(this, { status, headers, body: Buffer.from(body).toString() });
  }

  head(status: number, headers: Headers): void {
    this.heard.push('head');
    Object.assign(this, { status, headers });
  }

  chunk(bytes: Uint8Array): boolean {
    this.body += Buffer.from(bytes).toString();
    return this.room;
  }

  end(): void {
    this.heard.push('end');
  }

  cut(): void {
    this.heard.push('cut');
  }

  error(error: WherryError): void {
    this.heard.push('error');
    this.failure = error;
    this.status = error.status;
  }
}

export interface RigOptions {
  readonly concurrency?: number;
  readonly ahead?: number;
  readonly settings?: Partial<PlatformSettings>;
  readonly parts?: Partial<PlatformParts>;
  readonly memory?: Partial<PlatformParts['memory']>;
  /** Milliseconds since 1970. */
  readonly startsAt?: number;
}

export class Rig {
  readonly clock = new SimulatedClock();
  readonly ids = countingIds(this.clock);
  readonly provider: FakeProvider;
  readonly forwarder = new FakeForwarder(this.clock);
  readonly records = new MemoryCallRecords();
  readonly captures = new MemoryCaptures();
  readonly logs = new MemoryLogArchive();
  readonly scalings = new MemoryScalingRecords();
  readonly history = new MemoryMetricHistory();
  readonly desired = new MemoryDesiredState();
  readonly audit = new MemoryAuditLog();
  readonly alerts = new MemoryAlertStore();
  readonly notices = new FakeNotices();
  readonly tokens = new MemoryTokenStore();
  readonly namespaces = new MemoryNamespaceStore();
  readonly secrets = new MemorySecretStore();
  readonly packages = new FakePackages();
  readonly builder = new FakeBuilder(this.packages);
  readonly builds = new MemoryBuildCatalogue();
  readonly queue = new MemoryCallQueue();
  readonly callbacks = new FakeCallbacks();
  readonly schedules = new MemoryScheduleStore();
  readonly reports = new MemoryReportStore();
  readonly problems: string[] = [];
  readonly exits: Exit[] = [];
  readonly platform: Platform;
  adminHash = hash('the-admin-token');

  constructor({ concurrency = 100, ahead = 0, settings, parts, memory, startsAt }: RigOptions = {}) {
    if (startsAt !== undefined) this.clock.jump(startsAt - this.clock.now());
    this.provider = new FakeProvider({ clock: this.clock, ids: this.ids, concurrency, ahead });
    // A process that ends takes its connections with it.
    const open = this.provider.open.bind(this.provider);
    this.provider.open = (events) =>
      open({
        exited: (exit) => {
          this.exits.push(exit);
          this.forwarder.lose({ kind: 'frames', path: `/fake/${exit.instance}` });
          events.exited(exit);
        },
        logged: (lines) => events.logged(lines),
        contacted: (contact) => events.contacted(contact),
      });
    this.platform = new Platform(
      {
        clock: this.clock,
        ids: this.ids,
        provider: this.provider,
        forwarder: this.forwarder,
        desired: this.desired,
        records: this.records,
        captures: this.captures,
        logs: this.logs,
        scalings: this.scalings,
        history: this.history,
        queries,
        patterns,
        alerts: this.alerts,
        notices: this.notices,
        audit: this.audit,
        tokens: this.tokens,
        namespaces: this.namespaces,
        boards: new MemoryBoardStore(),
        secrets: this.secrets,
        packages: this.packages,
        builder: this.builder,
        builds: this.builds,
        queue: this.queue,
        callbacks: this.callbacks,
        schedules: this.schedules,
        reports: this.reports,
        calendar: cronCalendar,
        signatures: webhookSignatures,
        random: () => 0.5,
        store: { list: async () => [], open: async () => Promise.reject(new Error('no store')) },
        adminToken: {
          hash: this.adminHash,
          replace: async (token) => void (this.adminHash = hash(token)),
        },
        hash,
        memory: {
          budgetBytes: 1024 * mebibyte,
          machineBytes: 4096 * mebibyte,
          available: () => 4096 * mebibyte,
          ...memory,
        },
        problem: (message) => void this.problems.push(message),
        backups: new FakeBackups(),
        ...parts,
      },
      {
        defaults: builtInDefaults,
        functionsArePublic: true,
        versionsArePublic: true,
        routes: { ownHosts: [], ownPaths: ['system', 'function'], openHosts: [] },
        maxWaiting: 1000,
        maxBodyBytes: 1000,
        buildsAtOnce: 2,
        startsAtOnce: 2,
        stopGraceMs: 10_000,
        drainMs: 30_000,
        records: { maxAgeMs: 1e12, maxBytes: 1e12 },
        captures: { maxBodyBytes: 100, maxAgeMs: 1e12, maxBytes: 1e12 },
        logs: { maxAgeMs: 1e12, maxBytes: 1e12 },
        exits: { maxAgeMs: 1e12, maxBytes: 1e12 },
        metrics: { maxBytes: 1e12 },
        audit: { maxAgeMs: 1e15 },
        queue: {
          ...{ maxBodyBytes: 1000, keepMs: 3_600_000, keepBytes: 500, mostKeptBytes: 1e12 },
          ...{ deadMs: 30 * 86_400_000, keyMs: 86_400_000 },
        },
        alerts: {
          ...{ everyMs: 30_000, waitMs: 30_000, intervalMs: 300_000, repeatMs: 14_400_000 },
          source: () => 'http://gateway.example',
        },
        isOwnHost: (host) => host === 'gateway.example',
        backups: { every: undefined, keep: 1, history: true },
        ...settings,
      },
    );
  }

  static async open(options: RigOptions = {}): Promise<Rig> {
    const rig = new Rig(options);
    await rig.platform.open();
    return rig;
  }

  spec(name: string, more: Partial<FunctionSpec> = {}): FunctionSpec {
    return { namespace: 'openfaas-fn', name, image: 'wherry.local/x@sha256:0', ...more };
  }

  /** Deploys and lets as much time pass as the start takes. */
  async deploy(name: string, more: Partial<FunctionSpec> = {}): Promise<Fleet> {
    const deploying = this.platform.deployer.deploy(this.spec(name, more), admin, { mustExist: false });
    deploying.catch(() => undefined);
    await this.clock.advance(this.provider.startMs);
    await deploying;
    return this.fleet(name);
  }

  /** Deploys, then lets it fall asleep. */
  async asleep(name: string, more: Partial<FunctionSpec> = {}): Promise<Fleet> {
    const fleet = await this.deploy(name, more);
    await fleet.sleep();
    await this.clock.advance(0);
    return fleet;
  }

  fleet(name: string): Fleet {
    const fleet = this.platform.functions.find(name)?.fleet;
    if (fleet === undefined) throw new Error(`${name} is not deployed`);
    return fleet;
  }

  call(target: string, more: Partial<CallInput> = {}, cancelled?: 'caller_gone'): Answer {
    const answer = new Answer();
    const input: CallInput = {
      trigger: 'http',
      target,
      method: 'GET',
      path: '/',
      headers: [],
      body: new Uint8Array(0) satisfies Body,
      alias: undefined,
      authorization: undefined,
      from: { address: '192.0.2.1', host: 'gateway.example', scheme: 'http' },
      ...more,
    };
    answer.call = this.platform.prepare(input, answer);
    if (cancelled !== undefined) answer.call.cancel(cancelled);
    answer.over = this.platform.run(answer.call).finally(() => (answer.ended = true));
    return answer;
  }

  /** Puts a call into the queue, as the door for it does. */
  later(target: string, headers: Headers = [], body = '', more: Partial<CallInput> = {}): Answer {
    const answer = new Answer();
    answer.call = this.platform.prepare(
      {
        ...{ trigger: 'async', target, method: 'POST', path: '/', headers, body: Buffer.from(body) },
        ...{ alias: undefined, authorization: undefined },
        from: { address: '192.0.2.1', host: 'gateway.example', scheme: 'http' },
        ...more,
      },
      answer,
    );
    answer.over = this.platform.accept(answer.call).finally(() => (answer.ended = true));
    return answer;
  }

  /** The instances that run, oldest first. */
  get running(): readonly string[] {
    return [...this.provider.running.keys()];
  }

  /** How often an instance was started. */
  get starts(): number {
    return this.provider.asked.filter((one) => one.startsWith('start ')).length;
  }

  get stops(): readonly string[] {
    return this.provider.asked.filter((one) => one.startsWith('stop ')).map((one) => one.split(' ')[1] ?? '');
  }

  inFlight(instance: string): number {
    return this.forwarder.channel({ kind: 'frames', path: `/fake/${instance}` })?.inFlight ?? 0;
  }

  async close(): Promise<void> {
    const closing = this.platform.close(() => 0, new Promise(() => undefined));
    await this.clock.advance(20_000);
    await closing;
  }
}

/** A generator that gives the same numbers for the same seed, so that a failure can be run again. */
export function random(seed: number): (below: number) => number {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
