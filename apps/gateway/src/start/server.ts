import type { Platform } from '@wherry/engine/platform';
import type { PackageStore } from '@wherry/core/ports/package-store';
import type { Release } from '@wherry/wire/info';
import type { Setting } from '@wherry/wire/diagnosis';
import type { Settings } from '../config/settings.ts';

/** What the routes know of the running server. */
export interface Server {
  readonly platform: Platform;
  readonly packages: PackageStore;
  /** History that could not be kept since the start. */
  losses(): { readonly calls: number; readonly logs: number };
  readonly settings: Settings;
  readonly origins: readonly Setting[];
  readonly release: Release;
  /** Where it listens. */
  url: string;
  metricsUrl: string;
  /** Only with a certificate of its own. */
  readonly tlsUrl: string | undefined;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}
