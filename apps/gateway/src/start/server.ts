import type { Losses } from '../metrics/gateway-metrics.ts';
import type { IncomingMessage } from 'node:http';
import type { Platform } from '@wherry/engine/platform';
import type { PackageStore } from '@wherry/core/ports/package-store';
import type { ProviderReport } from '@wherry/core/ports/provider';
import type { SignInLinks } from '../dashboard/sign-in-links.ts';
import type { Origin } from '../http/callers.ts';
import type { RemoteBuilder } from './remote-builder.ts';
import type { GatewayLogLine } from '@wherry/wire/gateway-log';
import type { Release } from '@wherry/wire/info';
import type { Setting } from '@wherry/wire/diagnosis';
import type { Settings } from '../config/settings.ts';

/** The languages that functions can run in here. */
export interface Runtimes {
  list(): Promise<ProviderReport['runtimes']>;
  /** Fetches a major version of Node; resolves with the exact one. */
  addNode(major: number, told: (line: string) => void, signal: AbortSignal): Promise<string>;
}

/** What the routes know of the running server. */
export interface Server {
  readonly platform: Platform;
  /** What answers to a receiver are signed with, as it writes it down. */
  callbackKey(origin: string): string;
  /** Where a request comes from. */
  originOf(request: IncomingMessage): Origin;
  readonly packages: PackageStore;
  readonly runtimes: Runtimes;
  readonly remoteBuilder: RemoteBuilder;
  /** Of its own log: the latest lines, oldest first. */
  readonly saidLately: readonly GatewayLogLine[];
  /** History that could not be kept since the start. */
  losses(): Losses;
  readonly settings: Settings;
  readonly origins: readonly Setting[];
  readonly release: Release;
  /** Where it listens. */
  url: string;
  metricsUrl: string;
  /** Undefined where its port was taken. */
  readonly dashboardUrl: string | undefined;
  readonly signInLinks: SignInLinks;
  /** Only with a certificate of its own. */
  readonly tlsUrl: string | undefined;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}
