import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { type SettingKey, type Settings, settingRules } from '../config/settings.ts';
import { edge, type EdgeParts, type TlsOptions } from '../http/edge.ts';
import type { OwnAddresses } from '../http/own-addresses.ts';
import { machineClock } from '../machine/clock.ts';
import type { Log } from '../machine/log.ts';
import type { Challenges } from '../tls/acme/challenges.ts';
import type { CertificateKeeper } from '../tls/acme/keeper.ts';
import type { Certificate } from '../tls/certificate.ts';
import { redirectServer } from '../tls/redirect.ts';
import { listen } from './listen.ts';
import { StartRefused } from './refusal.ts';

/** Those who were let in last are told that it is too late; for more than that nobody waits. */
const lastAnswersMs = 500;
const mostLetIn = 1_000;

/** What the listeners lead to. */
export interface ListenerParts {
  readonly settings: Settings;
  readonly edge: EdgeParts & { readonly addresses: OwnAddresses };
  readonly metrics: HttpServer;
  readonly dashboard: EdgeParts;
  readonly certificate: Certificate | undefined;
  readonly keeper: CertificateKeeper | undefined;
  readonly challenges: Challenges;
  readonly log: Log;
}

/** Everything that listens: the API with the functions, by TLS too where there is a certificate, and what is measured. */
export class Listeners {
  readonly #servers: HttpServer[] = [];
  #following: (() => void) | undefined;
  url = '';
  metricsUrl = '';
  dashboardUrl: string | undefined;
  /** Where it is reached by TLS, where it speaks that itself. */
  tlsUrl: string | undefined;

  async open(all: ListenerParts): Promise<void> {
    const { settings, edge: parts, metrics, certificate, keeper } = all;
    const secure = certificate !== undefined || keeper !== undefined;
    // With a certificate of our own, plain HTTP is for this machine alone.
    const plainHost = secure ? '127.0.0.1' : settings.host;
    this.metricsUrl = await this.#listen(metrics, plainHost, settings.metricsPort, 'metricsPort');
    this.url = await this.#listen(edge(parts), plainHost, settings.port, 'port');
    this.dashboardUrl = await this.#openDashboard(all);
    if (secure) await this.#openTls(all);
  }

  /** It is for this machine alone, and nothing that calls need: where its port is taken, the gateway goes on without. */
  async #openDashboard({ settings, dashboard, log }: ListenerParts): Promise<string | undefined> {
    const server = edge(dashboard);
    try {
      const url = await listen(server, '127.0.0.1', settings.dashboardPort, settingRules.dashboardPort);
      this.#servers.push(server);
      return url;
    } catch (error) {
      if (!(error instanceof StartRefused)) throw error;
      log.problem(`there is no dashboard: ${error.message}. Next: ${error.next}`);
      return undefined;
    }
  }

  /** Ends connections on which nothing happens: whoever uses one again finds out now, and not by a refusal. */
  endIdle(): void {
    for (const server of this.#servers) server.closeIdleConnections();
  }

  /** No new connections, and none kept that wait for nothing. Last answers get a moment to leave, then what is left is ended. */
  async close(): Promise<void> {
    this.#following?.();
    await this.#letIn();
    const closed = this.#servers.map(
      (server) => new Promise<void>((resolve) => server.close(() => resolve())),
    );
    this.endIdle();
    const cut = setTimeout(() => {
      for (const server of this.#servers) server.closeAllConnections();
    }, lastAnswersMs);
    await Promise.all(closed);
    clearTimeout(cut);
  }

  /** Who has knocked already is let in before the door closes, which would reset them. Each turn of the event loop lets in one. */
  async #letIn(): Promise<void> {
    let came = 0;
    const count = (): void => void (came += 1);
    for (const server of this.#servers) server.on('connection', count);
    for (let turn = 0, before = -1; came !== before && turn < mostLetIn; turn += 1) {
      before = came;
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const server of this.#servers) server.off('connection', count);
  }

  async #openTls({
    settings,
    edge: parts,
    certificate,
    keeper,
    challenges,
    log,
  }: ListenerParts): Promise<void> {
    const { host, 'tls.port': port, 'tls.redirectPort': redirectPort, 'tls.hsts': hsts } = settings;
    const strictTransport = hsts === undefined ? undefined : `max-age=${Math.round(hsts / 1000)}`;
    const byName: TlsOptions =
      keeper === undefined ? {} : { SNICallback: (name, use) => use(null, keeper.context(name)) };
    const secure = edge({ ...parts, strictTransport }, { ...certificate?.pair, ...byName }) as HttpsServer;
    this.tlsUrl = (await this.#listen(secure, host, port, 'tls.port')).replace(/^http:/, 'https:');
    this.#following = certificate?.follow(
      (pair) => secure.setSecureContext({ ...pair, minVersion: 'TLSv1.2' }),
      (message) => log.problem(message),
    );
    const warning = certificate?.warning(machineClock.now());
    if (warning !== undefined) log.problem(warning);
    if (redirectPort === undefined) return;
    const tlsPort = Number(new URL(this.tlsUrl).port || 443);
    const redirect = redirectServer(parts.guard, parts.addresses, tlsPort, challenges);
    await this.#listen(redirect, host, redirectPort, 'tls.redirectPort');
  }

  #listen(server: HttpServer, host: string, port: number, setting: SettingKey): Promise<string> {
    this.#servers.push(server);
    return listen(server, host, port, settingRules[setting]);
  }
}
