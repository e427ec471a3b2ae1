import type { ProviderReport } from '@wherry/core/ports/provider';
import type { Release } from './info.ts';

/** What GET /system/doctor answers: what the gateway found out about itself and its machine. */
export interface Diagnosis {
  readonly version: Release;
  readonly node: string;
  /** Such as "linux x86_64". */
  readonly machine: string;
  readonly startedAt: string;
  readonly provider: ProviderReport;
  readonly listeners: readonly Listener[];
  /** What lies where: home, database, packages, logs. */
  readonly paths: readonly { readonly name: string; readonly path: string; readonly freeBytes?: number }[];
  readonly host: HostState;
  /** What the data folder holds, largest first. */
  readonly storage: readonly { readonly name: string; readonly bytes: number }[];
  /** Anything else that an operator should know, worst first. */
  readonly notes: readonly Note[];
}

/** The machine now. */
export interface HostState {
  readonly cpus: number;
  /** Programs that ran or waited to, on average over one minute; 0 where the machine doesn't tell. */
  readonly load: number;
  readonly memoryBytes: number;
  readonly availableBytes: number;
  /** Of the disk where the data folder is. */
  readonly diskBytes?: number;
  readonly diskFreeBytes?: number;
  /** Of the gateway itself. */
  readonly gatewayBytes: number;
}

export interface Listener {
  /** api, api by TLS, metrics. */
  readonly name: string;
  readonly url: string;
  /** Reachable from other machines. */
  readonly open: boolean;
}

export interface Note {
  readonly level: 'bad' | 'warn' | 'good';
  readonly text: string;
  readonly remedy?: string;
}

/** One setting in GET /system/config (an array): what holds, and where it came from. Secrets are never values here. */
export interface Setting {
  readonly key: string;
  readonly value: string;
  readonly origin: 'flag' | 'variable' | 'file' | 'default';
  /** Such as `--port`, `WHERRY_PORT`; the ways to set it. */
  readonly flag?: string;
  readonly variable?: string;
  /** Whether a change counts at once or after a restart. */
  readonly reload: 'live' | 'restart';
}
