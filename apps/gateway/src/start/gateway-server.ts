// Long because: everything that listens and everything that ends is put together here, in its order.
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Release } from '@wherry/wire/info';
import type { Configuration } from '../config/resolve.ts';
import { accessEntries } from '../http/access-entries.ts';
import { AccessLog } from '../http/access-log.ts';
import { DashboardDoor } from '../dashboard/dashboard-door.ts';
import { SignInLinks } from '../dashboard/sign-in-links.ts';
import { StaticFiles } from '../dashboard/static-files.ts';
import { Auditor } from '../http/auditor.ts';
import { Callers, type Origin } from '../http/callers.ts';
import { CombinedLog } from '../http/combined-log.ts';
import { Departure } from '../http/departure.ts';
import { FunctionDoor } from '../http/function-door.ts';
import { InsideDoor } from '../http/inside-door.ts';
import { OwnAddresses } from '../http/own-addresses.ts';
import { Router } from '../http/router.ts';
import { SystemDoor } from '../http/system-door.ts';
import { machineClock } from '../machine/clock.ts';
import { tidyWhenQuiet } from '../machine/garbage.ts';
import { machineIds } from '../machine/ids.ts';
import type { GatewayLog } from '../machine/gateway-log.ts';
import { Challenges } from '../tls/acme/challenges.ts';
import type { CertificateKeeper } from '../tls/acme/keeper.ts';
import { openKeeper } from '../tls/acme/open-keeper.ts';
import { Certificate } from '../tls/certificate.ts';
import { ApiCounts } from '../metrics/api-counts.ts';
import { gatewayMetrics, stdoutMetrics } from '../metrics/gateway-metrics.ts';
import { machineMetrics } from '../metrics/machine-metrics.ts';
import { metricsServer } from '../metrics/metrics-server.ts';
import { routeTable } from '../routes/table.ts';
import { publishMessage } from '../routes/topics.ts';
import { type Wired, wire } from '../wiring.ts';
import { hashToken } from './admin-token.ts';
import { checkBind, checkIsolation, noticeMs } from './exposure.ts';
import { makeHome } from './home-folder.ts';
import { Listeners } from './listeners.ts';
import type { Server } from './server.ts';
import { tellLostSecrets } from './lost-secrets.ts';
import { sweepPackages } from './unused-packages.ts';
import { outerGuard } from './outer-guard.ts';
import { ownHosts, ownNames } from './own-names.ts';
import { removeServerFile, writeServerFile } from './server-file.ts';

const dashboardFolder = join(import.meta.dirname, '../../../dashboard/dist');

/** The gateway with its listeners: everything between "start" and "all gone". */
export class GatewayServer implements Server {
  readonly settings: Server['settings'];
  readonly origins: Server['origins'];
  readonly release: Release;
  readonly startedAt = machineClock.now();
  readonly #wired: Wired;
  #functions: FunctionDoor | undefined;
  #callers: Callers | undefined;
  readonly signInLinks = new SignInLinks(machineClock, machineIds.secret, hashToken);
  #shown: FunctionDoor | undefined;
  readonly #listeners = new Listeners();
  readonly #departure = new Departure();
  #certificate: Certificate | undefined;
  #accessLog: AccessLog | undefined;
  #keeper: CertificateKeeper | undefined;
  #tidying: (() => void) | undefined;
  readonly saidLately: Server['saidLately'];

  private constructor(config: Configuration, release: Release, wired: Wired, log: GatewayLog) {
    this.saidLately = log.latest;
    this.settings = config.settings;
    this.origins = config.origins;
    this.release = release;
    this.#wired = wired;
  }

  /** Everything that can refuse to start does so before anything listens. */
  static async start(
    config: Configuration,
    release: Release,
    env: Readonly<Record<string, string | undefined>>,
    log: GatewayLog,
  ): Promise<GatewayServer> {
    checkBind(config.settings);
    makeHome(config.settings.home);
    const { 'tls.cert': cert, 'tls.key': key } = config.settings;
    const certificate = cert === '' ? undefined : new Certificate(cert, key);
    const wired = await wire(
      config.settings,
      env,
      log,
      ownNames(config.settings, certificate),
      release.release,
    );
    const server = new GatewayServer(config, release, wired, log);
    server.#certificate = certificate;
    try {
      if (log.takesFunctions) wired.platform.logBook.followAll((lines) => log.lines(lines));
      await wired.platform.open();
      checkIsolation(config.settings, wired.platform.report);
      await sweepPackages(wired.platform, wired.packages, log);
      await tellLostSecrets(wired.platform.secrets, wired.secretKeys, log);
      await server.#listen(log);
      server.#tidying = tidyWhenQuiet();
    } catch (error) {
      await server.stop(Promise.resolve());
      throw error;
    }
    return server;
  }

  get url(): string {
    return this.#listeners.url;
  }

  get metricsUrl(): string {
    return this.#listeners.metricsUrl;
  }

  get dashboardUrl(): string | undefined {
    return this.#listeners.dashboardUrl;
  }

  get tlsUrl(): string | undefined {
    return this.#listeners.tlsUrl;
  }

  get platform(): Server['platform'] {
    return this.#wired.platform;
  }

  get packages(): Server['packages'] {
    return this.#wired.packages;
  }

  get remoteBuilder(): Server['remoteBuilder'] {
    return this.#wired.remoteBuilder;
  }

  callbackKey(origin: string): string {
    return this.#wired.callbackKey(origin);
  }

  originOf(request: IncomingMessage): Origin {
    if (this.#callers === undefined) throw new Error('nothing listens yet');
    return this.#callers.originOf(request);
  }

  get runtimes(): Server['runtimes'] {
    return this.#wired.runtimes;
  }

  losses(): ReturnType<Server['losses']> {
    const { calls, captures, logs, scalings, metrics } = this.#wired.losses();
    const { recorder, logBook, scalingBook, metricRecorder } = this.platform;
    return {
      calls: calls + recorder.dropped,
      spans: this.platform.tracer?.outbox.dropped ?? 0,
      captures: captures + this.platform.captures.dropped,
      logs: logs + logBook.dropped,
      scalings: scalings + scalingBook.dropped,
      // What the store lost after it had said nothing, or what it refused at once: some is both.
      metrics: Math.max(metrics, metricRecorder.dropped),
    };
  }

  get adminToken(): Wired['adminToken'] {
    return this.#wired.adminToken;
  }

  /** /readyz says no, and calls are answered until balancers had the time to notice. `hurried` cuts the waiting short. */
  async giveNotice(hurried: Promise<void>): Promise<void> {
    this.platform.announceStop();
    this.#departure.leave();
    const noticed = new Promise<void>((resolve) => void machineClock.after(noticeMs(this.settings), resolve));
    await Promise.race([noticed, hurried]);
  }

  /**
   * Calls under way finish, new ones are told that it stops; then instances end, and files are closed. It listens to the end: who
   * comes too late shall read why, and not run into a closed door. `hurried` cuts the waiting short.
   */
  async stop(hurried: Promise<void>): Promise<void> {
    this.#departure.close();
    this.#listeners.endIdle();
    this.#tidying?.();
    this.#keeper?.close();
    this.#functions?.endConversations();
    await this.platform.close(() => (this.#functions?.underWay ?? 0) + (this.#shown?.underWay ?? 0), hurried);
    await this.#listeners.close();
    await this.#accessLog?.close();
    removeServerFile(this.settings.home);
    await this.#wired.close();
  }

  #certificates(): ReturnType<Parameters<typeof machineMetrics>[1]> {
    const own = this.#certificate;
    return [
      ...(own === undefined ? [] : [{ host: own.host, endsAt: own.endsAt }]),
      ...(this.#keeper?.ends ?? []),
    ];
  }

  async #listen(log: GatewayLog): Promise<void> {
    const { settings, platform } = this;
    const guard = outerGuard(settings, this.#certificate);
    const addresses = new OwnAddresses(platform.routes);
    const callers = new Callers(platform.functions, guard, addresses);
    this.#callers = callers;
    const functions = new FunctionDoor(platform, callers, { by: `wherry/${this.release.release}` });
    this.#functions = functions;
    const shown = new FunctionDoor(platform, callers, {
      by: `wherry/${this.release.release}`,
      carried: true,
    });
    this.#shown = shown;
    const counts = new ApiCounts();
    platform.measuring.add(gatewayMetrics(counts, () => this.losses()));
    platform.measuring.add(machineMetrics(settings.home, () => this.#certificates()));
    platform.measuring.add(stdoutMetrics(log));
    const metrics = metricsServer(platform.measuring, guard);
    const problem = (message: string): void => log.problem(message);
    const newId = machineIds.callId;
    const router = new Router(routeTable(this));
    const system = new SystemDoor(
      ...([router, platform.gatekeeper, guard, newId, counts, problem] as const),
      new Auditor(platform, guard),
    );
    if (settings.accessLog !== '')
      this.#accessLog = new AccessLog(
        settings.accessLog === 'stdout'
          ? accessEntries(log)
          : new CombinedLog(settings.accessLog, machineClock, problem),
        guard,
        machineClock,
      );
    const parts = { guard, functions, system, newId, accessLog: this.#accessLog, addresses };
    const outside = { ...parts, departure: this.#departure };
    const door = new DashboardDoor(
      new StaticFiles(dashboardFolder, () => machineClock.monotonic()),
      system,
      guard,
      platform.gatekeeper,
    );
    const { admit } = door;
    const dashboard = { ...outside, functions: shown, system: door, addresses: undefined, admit };
    this.#wired.openDoor(new InsideDoor(parts, callers, publishMessage(this)).enter);
    const certificate = this.#certificate;
    const challenges = new Challenges();
    const keeper = openKeeper(settings, platform.routes, certificate, challenges, log);
    this.#keeper = keeper;
    await this.#listeners.open({
      settings,
      edge: outside,
      metrics,
      dashboard,
      certificate,
      keeper,
      challenges,
      log,
    });
    const hosts = ownHosts(settings, this.#certificate, [this.url, this.tlsUrl ?? this.url]);
    this.#wired.knowHosts((host) => hosts.has(host));
    if (this.dashboardUrl !== undefined) this.#wired.knowDashboard(`${this.dashboardUrl}/alerts`);
    void keeper?.look();
    writeServerFile(settings.home, {
      pid: process.pid,
      url: this.url,
      metricsUrl: this.metricsUrl,
      ...(this.dashboardUrl === undefined ? {} : { dashboardUrl: this.dashboardUrl }),
      startedAt: new Date(this.startedAt).toISOString(),
    });
  }
}
