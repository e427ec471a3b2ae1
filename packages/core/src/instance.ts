import type { DeploymentKey } from './function.ts';

/** How an instance is spoken to. Plain data, so that another process can open its own connections. */
export type Endpoint =
  | { readonly kind: 'frames'; readonly path: string }
  | { readonly kind: 'http'; readonly host: string; readonly port: number };

/** What the host said of the function it loaded. */
export interface Loaded {
  readonly signature: string;
  /** Calls it runs at once. */
  readonly concurrency: number;
  /** Calls beyond these that it takes and keeps in order until they can run. */
  readonly ahead?: number;
  /** Whether it can be spoken to in another protocol than HTTP (RFC 9110 section 7.8), such as WebSocket. */
  readonly upgrades?: boolean;
}

/** A running copy of one deployment, ready for calls. */
export interface Instance {
  /** Unique on this machine for as long as records are kept. */
  readonly id: string;
  readonly deployment: DeploymentKey;
  readonly endpoint: Endpoint;
  readonly loaded: Loaded;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Where it came from: a waiting host of the pool, or from nothing. */
  readonly origin: 'pool' | 'scratch';
}

/** Why and how an instance ended. */
export interface Exit {
  readonly instance: string;
  readonly deployment: DeploymentKey;
  readonly at: number;
  /** When it was ready for calls; absent where it never was. */
  readonly startedAt?: number;
  /** stopped: we ended it. exited, signalled, out-of-memory: it ended. lost: its machine or engine went away. */
  readonly kind: 'stopped' | 'exited' | 'signalled' | 'out-of-memory' | 'killed' | 'lost';
  /** One sentence for people: "exited with code 1", "killed: did not stop within 10 s". */
  readonly reason: string;
  readonly exitCode?: number;
  readonly signal?: string;
  /** Most memory it ever held, in bytes, where the machine tells. */
  readonly peakMemoryBytes?: number;
  readonly cpuMs?: number;
  /** The last lines it wrote, oldest first. */
  readonly lastWords: readonly string[];
}

/** What an instance uses now. */
export interface Usage {
  readonly instance: string;
  readonly memoryBytes?: number;
  readonly cpuMs?: number;
  readonly processes?: number;
}
