// Long because: everything that the platform is made of is named in this one place.
import type { Clock } from '@wherry/core/ports/clock';
import type { AuditLog } from '@wherry/core/ports/audit-log';
import type { CallbackSender } from '@wherry/core/ports/callback-sender';
import type { CallQueue } from '@wherry/core/ports/call-queue';
import type { Calendar } from '@wherry/core/ports/calendar';
import type { CallRecords } from '@wherry/core/ports/call-records';
import type { DesiredState } from '@wherry/core/ports/desired-state';
import type { Forwarder } from '@wherry/core/ports/forwarder';
import type { Ids } from '@wherry/core/ports/ids';
import type { LogArchive } from '@wherry/core/ports/log-archive';
import type { Provider, ProviderReport } from '@wherry/core/ports/provider';
import type { MetricHistory } from '@wherry/core/ports/metric-history';
import type { NamespaceStore } from '@wherry/core/ports/namespace-store';
import type { Queries } from '@wherry/core/ports/queries';
import type { ReportStore } from '@wherry/core/ports/report-store';
import type { ScalingRecords } from '@wherry/core/ports/scaling-records';
import type { ScheduleStore } from '@wherry/core/ports/schedule-store';
import type { SecretStore } from '@wherry/core/ports/secret-store';
import type { TokenStore } from '@wherry/core/ports/token-store';
import type { WebhookSignatures } from '@wherry/core/ports/webhook-signatures';
import type { PolicyDefaults } from '@wherry/core/rules/policy';
import type { Backups } from '@wherry/core/ports/backups';
import type { BuildCatalogue } from '@wherry/core/ports/build-catalogue';
import type { Builder } from '@wherry/core/ports/builder';
import type { StoreCatalogue } from '@wherry/core/ports/store-catalogue';
import type { PackageStore } from '@wherry/core/ports/package-store';
import { Gatekeeper } from './access/gatekeeper.ts';
import { type AdminToken, TokenBook, type TokenHash } from './access/token-book.ts';
import { AuditBook } from './audit/audit-book.ts';
import { BackupBook, type BackupRules } from './backups/backup-book.ts';
import { BuildBook } from './builds/build-book.ts';
import { bedtime } from './fleet/bedtime.ts';
import { Budget } from './fleet/budget.ts';
import { Shares } from './fleet/shares.ts';
import { StartGate } from './fleet/start-gate.ts';
import { Deployer } from './functions/deployer.ts';
import { Fleets } from './functions/fleets.ts';
import { FunctionTable } from './functions/function-table.ts';
import { OwnRoutes, type RouteRules } from './functions/own-routes.ts';
import { Rollout } from './functions/rollout.ts';
import { Turns } from './functions/turns.ts';
import { Call, type CallInput, type CallOutput } from './invoke/call.ts';
import { HeldBodies } from './invoke/gather.ts';
import type { Next } from './invoke/pipeline.ts';
import { RateLimits } from './invoke/rate-limits.ts';
import { acceptance, invocation, publication } from './invoke/stages.ts';
import { callMetrics, versionMetrics } from './metrics/call-metrics.ts';
import { instanceMetrics } from './metrics/instance-metrics.ts';
import { Measuring } from './metrics/measuring.ts';
import { MetricRecorder } from './metrics/metric-recorder.ts';
import { platformMetrics } from './metrics/platform-metrics.ts';
import { queueMetrics } from './metrics/queue-metrics.ts';
import { NamespaceBook } from './namespaces/namespace-book.ts';
import { QueueBook, type QueueSettings } from './queue/queue-book.ts';
import { LogBook } from './record/log-book.ts';
import { Recorder } from './record/recorder.ts';
import { Scaler } from './scaling/scaler.ts';
import { ScalingBook } from './scaling/scaling-book.ts';
import { QueueChannels } from './reports/queue-channels.ts';
import { ReportBook } from './reports/report-book.ts';
import { ScheduleBook } from './schedules/schedule-book.ts';
import { StoreBook } from './store/store-book.ts';
import { SecretBook } from './secrets/secret-book.ts';
import { TopicBook } from './topics/topic-book.ts';
import { UsageBook } from './usage/usage-book.ts';
import { WebhookDoor } from './webhooks/webhook-door.ts';

/** Everything from outside that the platform works with. */
export interface PlatformParts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly provider: Provider;
  readonly forwarder: Forwarder;
  readonly desired: DesiredState;
  readonly records: CallRecords;
  readonly logs: LogArchive;
  readonly scalings: ScalingRecords;
  /** Numbers over time, and the language in which they are asked for. */
  readonly history: MetricHistory;
  readonly queries: Queries;
  readonly audit: AuditLog;
  readonly tokens: TokenStore;
  readonly namespaces: NamespaceStore;
  readonly secrets: SecretStore;
  readonly packages: PackageStore;
  readonly builder: Builder;
  readonly builds: BuildCatalogue;
  readonly store: StoreCatalogue;
  readonly queue: CallQueue;
  readonly callbacks: CallbackSender;
  readonly schedules: ScheduleStore;
  readonly calendar: Calendar;
  readonly reports: ReportStore;
  readonly signatures: WebhookSignatures;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly backups: Backups;
  readonly adminToken: AdminToken;
  readonly hash: TokenHash;
  readonly memory: { readonly budgetBytes: number; readonly machineBytes: number; available(): number };
  /** For the operator's log. */
  readonly problem: (message: string) => void;
}

/** What the operator decides. */
export interface PlatformSettings {
  readonly defaults: PolicyDefaults;
  readonly functionsArePublic: boolean;
  /** Also versions that no name leads to; then everybody who reaches the gateway is at home on its machine. */
  readonly versionsArePublic: boolean;
  readonly routes: RouteRules;
  readonly maxWaiting: number;
  readonly maxBodyBytes: number;
  readonly stopGraceMs: number;
  /** Builds at once. */
  readonly buildsAtOnce: number;
  /** Starts at once of further instances, beside those of functions that have none. */
  readonly startsAtOnce: number;
  /** How long calls under way may take when the gateway stops. */
  readonly drainMs: number;
  readonly records: { readonly maxAgeMs: number; readonly maxBytes: number };
  readonly logs: { readonly maxAgeMs: number; readonly maxBytes: number };
  readonly metrics: { readonly maxBytes: number };
  readonly audit: { readonly maxAgeMs: number };
  readonly queue: QueueSettings;
  /** Whether a host, with its port where one is named, is this gateway. */
  readonly isOwnHost: (host: string) => boolean;
  readonly backups: BackupRules;
}

const pruneMs = 600_000;
/** Decisions over numbers of instances that are kept, of all functions together. */
const mostScalings = 100_000;

/** The use cases, put together over the ports. Knows no HTTP and no adapter by name. */
export class Platform {
  readonly functions: FunctionTable = new FunctionTable((fn) => this.measuring.departed(fn));
  readonly routes: OwnRoutes;
  readonly deployer: Deployer;
  readonly rollout: Rollout;
  readonly audit: AuditBook;
  readonly tokens: TokenBook;
  readonly gatekeeper: Gatekeeper;
  readonly recorder: Recorder;
  readonly logBook: LogBook;
  readonly scalingBook: ScalingBook;
  readonly #scaler: Scaler;
  readonly budget: Budget;
  readonly namespaces: NamespaceBook;
  readonly secrets: SecretBook;
  readonly builds: BuildBook;
  readonly store: StoreBook;
  readonly queue: QueueBook;
  readonly schedules: ScheduleBook;
  readonly topics: TopicBook;
  readonly backups: BackupBook;
  readonly measuring: Measuring;
  readonly metricRecorder: MetricRecorder;
  readonly usage: UsageBook;
  readonly reports: ReportBook;
  readonly parts: PlatformParts;
  readonly settings: PlatformSettings;
  readonly #invoke: Next;
  readonly #accept: Next;
  readonly #timers: (() => void)[] = [];
  #report: ProviderReport | undefined;
  #stopping = false;

  constructor(parts: PlatformParts, settings: PlatformSettings) {
    const { clock, ids, provider, forwarder, memory, problem } = parts;
    this.parts = parts;
    this.settings = settings;
    this.audit = new AuditBook(parts.audit, clock, problem);
    this.namespaces = new NamespaceBook(parts.namespaces, clock, problem);
    this.secrets = new SecretBook(parts.secrets, this.namespaces, clock);
    this.builds = new BuildBook({
      builder: parts.builder,
      catalogue: parts.builds,
      packages: parts.packages,
      namespaces: this.namespaces,
      clock,
      atOnce: settings.buildsAtOnce,
    });
    this.store = new StoreBook(parts.store, parts.packages);
    this.backups = new BackupBook(parts.backups, clock, settings.backups, problem);
    const shares = new Shares((namespace) => this.namespaces.quota(namespace));
    this.budget = new Budget(memory.budgetBytes, memory.machineBytes, memory.available, shares);
    this.tokens = new TokenBook(parts.tokens, parts.adminToken, parts.hash, clock, ids);
    this.gatekeeper = new Gatekeeper(
      this.tokens,
      clock,
      settings.functionsArePublic,
      settings.versionsArePublic,
    );
    this.recorder = new Recorder(parts.records, clock, problem);
    this.logBook = new LogBook(parts.logs, problem);
    this.routes = new OwnRoutes(settings.routes);
    this.schedules = new ScheduleBook({
      ...{ clock, problem, functions: this.functions, store: parts.schedules, calendar: parts.calendar },
      submit: (orders) => this.queue.submit(orders),
    });
    this.scalingBook = new ScalingBook(parts.scalings, clock, problem);
    this.#scaler = new Scaler({
      clock,
      provider,
      book: this.scalingBook,
      fleets: () => this.deployer.fleets,
      queueDepths: () => this.queue.depths(),
    });
    const gate = new StartGate(settings.startsAtOnce);
    const { stopGraceMs } = settings;
    const fleet = { clock, provider, forwarder, budget: this.budget, gate, stopGraceMs, told: this.#scaler };
    const deploying = {
      desired: parts.desired,
      functions: this.functions,
      fleets: new Fleets(fleet, settings.defaults, problem),
      turns: new Turns(),
      provider,
      clock,
      defaults: settings.defaults,
      problem,
      namespaces: this.namespaces,
      secrets: this.secrets,
      routes: this.routes,
      schedules: this.schedules,
      packageOf: (namespace: string, image: string) => this.builds.packageOf(namespace, image),
    };
    this.deployer = new Deployer(deploying);
    this.rollout = new Rollout(deploying);
    const { functions, gatekeeper, recorder } = this;
    const { maxWaiting, maxBodyBytes } = settings;
    const limits = new RateLimits();
    const bodies = new HeldBodies(clock);
    const { secrets, signatures } = parts;
    // Room of their own: those who are not let in yet must not take it from those who are.
    const unproved = new HeldBodies(clock);
    const webhooks = new WebhookDoor({ clock, secrets, signatures, bodies: unproved, maxBodyBytes });
    const admission = { gatekeeper, limits, maxWaiting, maxBodyBytes, bodies, webhooks };
    const stages = { clock, ids, functions, recorder, ...admission };
    this.#invoke = invocation(stages);
    const { queue, callbacks, random } = parts;
    const { isOwnHost } = settings;
    const principalNow = (name: string) => this.tokens.named(name);
    const [prepare, run] = [this.prepare.bind(this), this.run.bind(this)];
    this.queue = new QueueBook(
      { clock, ids, queue, functions, callbacks, random, prepare, run, isOwnHost, principalNow, problem },
      settings.queue,
    );
    this.#accept = acceptance(stages, this.queue);
    this.measuring = new Measuring(
      {
        provider,
        functions: () => functions.list(),
        lanes: () => this.queue.lanes(),
        now: () => clock.now(),
      },
      [
        callMetrics,
        instanceMetrics,
        versionMetrics,
        queueMetrics(this.queue),
        platformMetrics(recorder, this.budget),
      ],
    );
    this.metricRecorder = new MetricRecorder({
      ...{ clock, measuring: this.measuring, history: parts.history, problem },
      maxBytes: settings.metrics.maxBytes,
    });
    this.usage = new UsageBook(parts.history, parts.calendar);
    this.reports = new ReportBook({
      ...{ clock, problem, calendar: parts.calendar, store: parts.reports, usage: this.usage },
      ...{ history: parts.history, queries: parts.queries, audit: parts.audit },
      channels: new QueueChannels({ callbacks, submit: (orders) => this.queue.submit(orders) }),
      settled: async () => void (await Promise.all([this.recorder.flush(), this.metricRecorder.round()])),
    });
    this.topics = new TopicBook({
      ...{ functions, gatekeeper, prepare, bodies, maxBodyBytes: settings.queue.maxBodyBytes },
      publication: (take) => publication(stages, settings.queue.maxBodyBytes, take),
      submit: (orders) => this.queue.submit(orders),
    });
  }

  /** What the machine gives. */
  get report(): ProviderReport {
    if (this.#report === undefined) throw new Error('the platform is not open');
    return this.#report;
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  /** Takes up its state. Afterwards calls are answered. */
  async open(): Promise<void> {
    const { provider, records, clock, problem } = this.parts;
    const [report, counts] = await Promise.all([
      provider.open({
        exited: (exit) => {
          this.logBook.ended(exit);
          this.functions.get(exit.deployment)?.counts.ended(exit);
          this.deployer.fleetOf(exit.deployment)?.exited(exit);
        },
        logged: (lines) => this.logBook.logged(lines),
        contacted: (contact) => this.functions.get(contact.deployment)?.counts.network.note(contact),
      }),
      records.counts(),
      this.audit.open(),
      this.tokens.load(),
      this.namespaces.load(),
    ]);
    this.#report = report;
    await this.deployer.load(counts);
    this.#timers.push(bedtime(clock, () => this.deployer.fleets, problem));
    this.#timers.push(this.#scaler.begin());
    this.#timers.push(this.backups.start());
    this.#timers.push(clock.every(pruneMs, () => this.#prune()));
    this.deployer.wakeAlways();
    await this.queue.open();
    await this.schedules.open();
    this.metricRecorder.start();
    this.reports.start();
  }

  /** A call that has not begun: its door may need to know it before the first stage runs. */
  prepare(input: CallInput, output: CallOutput): Call {
    return new Call(input, output);
  }

  /** Takes a call through the pipeline. Resolves when its answer is complete; never rejects. */
  run(call: Call): Promise<void> {
    return this.#invoke(call);
  }

  /** Keeps a call that is to be made later. Resolves when it is answered; never rejects. */
  accept(call: Call): Promise<void> {
    return this.#accept(call);
  }

  /** Says that it will stop; calls are still answered. */
  announceStop(): void {
    this.#stopping = true;
  }

  /** Lets calls under way finish, then ends every instance and writes what is held. `hurried` cuts the waiting short. */
  async close(callsUnderWay: () => number, hurried: Promise<void>): Promise<void> {
    const { clock, provider } = this.parts;
    this.announceStop();
    for (const stop of this.#timers) stop();
    this.queue.stop();
    await this.schedules.close();
    await this.reports.close();
    const end = clock.monotonic() + this.settings.drainMs;
    let hurry = false;
    void hurried.then(() => (hurry = true));
    while (callsUnderWay() + this.queue.running > 0 && clock.monotonic() < end && !hurry)
      await new Promise<void>((resolve) => clock.after(20, resolve));
    const grace = hurry ? 0 : this.settings.stopGraceMs;
    await Promise.all(this.deployer.fleets.map((fleet) => fleet.abandon(grace)));
    await this.queue.close();
    await this.metricRecorder.close();
    await provider.close();
    await Promise.all([
      this.audit.close(),
      this.recorder.flush(),
      this.logBook.flush(),
      this.scalingBook.flush(),
    ]);
  }

  async #prune(): Promise<void> {
    const { records, logs, audit } = this.settings;
    const now = this.parts.clock.now();
    try {
      await this.parts.records.prune(now - records.maxAgeMs, records.maxBytes);
      await this.parts.logs.prune(now - logs.maxAgeMs, logs.maxBytes);
      await this.parts.scalings.prune(now - records.maxAgeMs, mostScalings);
      await this.audit.prune(now - audit.maxAgeMs);
    } catch (error) {
      this.parts.problem(`old records were not removed: ${(error as Error).message}`);
    }
  }
}
