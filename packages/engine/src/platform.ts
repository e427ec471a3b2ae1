// Long because: everything that the platform is made of is named in this one place.
import type { ProviderReport } from '@wherry/core/ports/provider';
import type { FunctionName } from '@wherry/core/names';
import type { Instance } from '@wherry/core/instance';
import { Gatekeeper } from './access/gatekeeper.ts';
import { TokenBook } from './access/token-book.ts';
import { TokenUses } from './access/token-uses.ts';
import { AlertBook } from './alerts/alert-book.ts';
import { AuditBook } from './audit/audit-book.ts';
import { BackupBook } from './backups/backup-book.ts';
import { BuildBook } from './builds/build-book.ts';
import { CaptureBook } from './capture/capture-book.ts';
import { EventBook } from './events/event-book.ts';
import { endOf, startOf } from './events/instance-events.ts';
import { bedtime } from './fleet/bedtime.ts';
import { Budget } from './fleet/budget.ts';
import { Shares } from './fleet/shares.ts';
import { StartGate } from './fleet/start-gate.ts';
import { Deployer } from './functions/deployer.ts';
import { Fleets } from './functions/fleets.ts';
import { FunctionTable } from './functions/function-table.ts';
import { OwnRoutes } from './functions/own-routes.ts';
import { Rollout } from './functions/rollout.ts';
import { Turns } from './functions/turns.ts';
import { Call, type CallInput, type CallOutput } from './invoke/call.ts';
import { HeldBodies } from './invoke/gather.ts';
import type { Next } from './invoke/pipeline.ts';
import { RateLimits } from './invoke/rate-limits.ts';
import { acceptance, invocation, publication } from './invoke/stages.ts';
import { alertMetrics } from './metrics/alert-metrics.ts';
import { durationHistory } from './metrics/duration-history.ts';
import { callMetrics, versionMetrics } from './metrics/call-metrics.ts';
import { instanceMetrics } from './metrics/instance-metrics.ts';
import { Measuring } from './metrics/measuring.ts';
import { MetricRecorder } from './metrics/metric-recorder.ts';
import { platformMetrics } from './metrics/platform-metrics.ts';
import { queueMetrics } from './metrics/queue-metrics.ts';
import { BoardBook } from './boards/board-book.ts';
import { NamespaceBook } from './namespaces/namespace-book.ts';
import type { PlatformParts, PlatformSettings } from './platform-parts.ts';
import { QueueBook } from './queue/queue-book.ts';
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
import { Tracer } from './traces/tracer.ts';
import { UsageBook } from './usage/usage-book.ts';
import { WebhookDoor } from './webhooks/webhook-door.ts';

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
  readonly events: EventBook;
  readonly tokens: TokenBook;
  readonly gatekeeper: Gatekeeper;
  readonly recorder: Recorder;
  readonly captures: CaptureBook;
  readonly tracer: Tracer | undefined;
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
  readonly boards: BoardBook;
  readonly topics: TopicBook;
  readonly backups: BackupBook;
  readonly alerts: AlertBook;
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

  constructor(given: PlatformParts, settings: PlatformSettings) {
    const parts = { ...given, history: durationHistory(given.history) };
    const { clock, ids, provider, forwarder, memory, problem } = parts;
    this.parts = parts;
    this.settings = settings;
    this.audit = new AuditBook(parts.audit, clock, problem);
    this.namespaces = new NamespaceBook(parts.namespaces, clock, problem);
    this.boards = new BoardBook(parts.boards, clock);
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
    const uses = new TokenUses(parts.tokens, clock, problem);
    this.tokens = new TokenBook(parts.tokens, parts.adminToken, parts.hash, clock, ids, uses);
    this.gatekeeper = new Gatekeeper(
      this.tokens,
      clock,
      settings.functionsArePublic,
      settings.versionsArePublic,
    );
    this.events = new EventBook(clock, () => this.queue.lanes(), problem);
    this.recorder = new Recorder(parts.records, clock, problem, (call) => this.events.ended(call));
    this.captures = new CaptureBook(
      { captures: parts.captures, clock, functions: this.functions, problem },
      settings.captures,
    );
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
    const fleet = {
      ...{ clock, provider, forwarder, budget: this.budget, gate, stopGraceMs, told: this.#scaler },
      started: (instance: Instance) => this.events.tell(startOf(instance)),
    };
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
      forget: (name: FunctionName) => this.captures.forget(name),
      events: this.events,
      packageOf: (namespace: string, image: string) => this.builds.packageOf(namespace, image),
    };
    this.deployer = new Deployer(deploying);
    this.rollout = new Rollout(deploying);
    const { functions, gatekeeper, recorder, captures } = this;
    const { maxWaiting, maxBodyBytes } = settings;
    const limits = new RateLimits();
    const bodies = new HeldBodies(clock);
    const { secrets, signatures } = parts;
    // Room of their own: those who are not let in yet must not take it from those who are.
    const unproved = new HeldBodies(clock);
    const webhooks = new WebhookDoor({ clock, secrets, signatures, bodies: unproved, maxBodyBytes });
    const admission = { gatekeeper, limits, maxWaiting, maxBodyBytes, bodies, webhooks };
    const tracer = parts.tracing && new Tracer(parts.tracing, parts);
    this.tracer = tracer;
    const stages = { clock, ids, functions, recorder, captures, tracer, ...admission };
    this.#invoke = invocation(stages);
    const { queue, random } = parts;
    const callbacks = tracer?.tracing(parts.callbacks) ?? parts.callbacks;
    const { isOwnHost } = settings;
    const principalNow = (name: string) => this.tokens.named(name);
    const [prepare, run] = [this.prepare.bind(this), this.run.bind(this)];
    this.queue = new QueueBook(
      {
        ...{
          clock,
          ids,
          queue,
          functions,
          callbacks,
          random,
          prepare,
          run,
          isOwnHost,
          principalNow,
          problem,
        },
        notices: {
          has: (channel) => this.alerts.channels.has(channel),
          send: (channel, body, signal) => this.alerts.channels.send(channel, body, signal),
          over: (...what) => this.alerts.deliveries.over(...what),
        },
      },
      settings.queue,
    );
    const watched = { functions, logs: this.logBook, queue: this.queue, audit: this.audit };
    const reportsTo = (channel: string) => this.reports.namesTo(channel);
    const told = { events: this.events, reportsTo };
    this.alerts = new AlertBook({ ...parts, ...watched, ...told }, settings.alerts);
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
        alertMetrics(this.alerts),
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
      channels: new QueueChannels({ callbacks, ids, queue: this.queue, named: this.alerts.channels }),
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
          this.events.tell(endOf(exit));
        },
        logged: (lines) => this.logBook.logged(lines),
        contacted: (contact) => this.functions.get(contact.deployment)?.counts.network.note(contact),
      }),
      records.counts(),
      this.audit.open(),
      this.tokens.load(),
      this.namespaces.load(),
      this.alerts.load(),
    ]);
    this.#report = report;
    await this.deployer.load(counts);
    await this.captures.open();
    this.#timers.push(bedtime(clock, () => this.deployer.fleets, problem));
    this.#timers.push(this.#scaler.begin());
    this.#timers.push(this.backups.start());
    this.tokens.uses.start();
    this.#timers.push(clock.every(pruneMs, () => this.#prune()));
    this.deployer.wakeAlways();
    await this.queue.open();
    await this.schedules.open();
    this.metricRecorder.start();
    this.alerts.start();
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
    this.events.close();
    this.queue.stop();
    await this.schedules.close();
    await Promise.all([this.alerts.close(), this.reports.close()]);
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
    await this.tracer?.outbox.close(this.settings.stopGraceMs);
    await Promise.all([
      this.audit.close(),
      this.recorder.flush(),
      this.captures.flush(),
      this.logBook.flush(),
      this.scalingBook.flush(),
      this.tokens.uses.close(),
    ]);
  }

  async #prune(): Promise<void> {
    const { records, logs, exits, audit } = this.settings;
    const now = this.parts.clock.now();
    try {
      await this.parts.records.prune(now - records.maxAgeMs, records.maxBytes);
      await this.captures.prune(now);
      await this.parts.logs.prune(now - logs.maxAgeMs, logs.maxBytes);
      await this.parts.logs.pruneExits(now - exits.maxAgeMs, exits.maxBytes);
      await this.parts.scalings.prune(now - records.maxAgeMs, mostScalings);
      await this.audit.prune(now - audit.maxAgeMs);
    } catch (error) {
      this.parts.problem(`old records were not removed: ${(error as Error).message}`);
    }
  }
}
