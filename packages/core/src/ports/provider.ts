import type { Contact } from '../contact.ts';
import type { Deployment } from '../function.ts';
import type { Exit, Instance, Usage } from '../instance.ts';
import type { LogLine } from '../log-line.ts';
import type { Policy } from '../rules/policy.ts';

/** A fence around functions, as `wherry doctor` shows it. */
export interface Fence {
  readonly name: string;
  readonly present: boolean;
  /** What it keeps out, or what is lacking. */
  readonly meaning: string;
  /** The command or setting that would add it; absent where it is present or can't be had. */
  readonly remedy?: string;
}

export type IsolationLevel = 'full' | 'partial' | 'none';

/** What a provider can do on this machine, found out by trying. */
export interface ProviderReport {
  readonly name: string;
  readonly isolation: IsolationLevel;
  readonly fences: readonly Fence[];
  /** Runtimes it can start, with their versions. */
  readonly runtimes: readonly { readonly name: string; readonly version: string; readonly path: string }[];
}

/** What a provider tells by itself. */
export interface ProviderEvents {
  /** An instance ended, for whatever reason; once for each that was started. */
  exited(exit: Exit): void;
  /** Lines that instances wrote, in order for each instance, in small batches. */
  logged(lines: readonly LogLine[]): void;
  /** A function asked for a connection: made, refused or failed. */
  contacted(contact: Contact): void;
}

/**
 * Runs instances. It decides nothing: the engine says what to start and what to stop, and when. Everything is keyed by
 * deployment, so two versions of a function live side by side. Implementations: packages/providers, one folder each, all passing the suite in
 * packages/testkit.
 */
export interface Provider {
  /** Finds out what the machine gives and begins to report events. Called once, first. Clears what an earlier, killed gateway left. */
  open(events: ProviderEvents): Promise<ProviderReport>;

  /**
   * Checks that a deployment can run here and makes ready what starting needs. Idempotent. Throws `image_needs_engine`,
   * `package_unknown`, `runtime_unknown`, `runtime_missing`, `network_unavailable`.
   */
  prepare(deployment: Deployment, policy: Policy): Promise<void>;

  /**
   * One more instance, resolved when it takes calls. Not idempotent: every call is an instance. Throws `deploy_failed` when the code
   * does not load (with what it wrote), `start_failed` when the machine does not let it start. `further`: others of this deployment take calls
   * already, so what is kept ready for the first instance of a function is not for this one.
   */
  start(deployment: Deployment, policy: Policy, further?: boolean): Promise<Instance>;

  /**
   * Ends an instance: asks it, waits `graceMs`, then kills all of it. Resolves when nothing of it is left. Idempotent; an
   * unknown id resolves at once.
   */
  stop(instance: string, graceMs: number): Promise<void>;

  /** Forgets what `prepare` made for a deployment. Idempotent. */
  forget(deployment: Deployment): Promise<void>;

  /** What the instances use now; unknown ids are left out. */
  usage(instances: readonly string[]): Promise<readonly Usage[]>;

  /** Ends every instance and leaves nothing on the machine: no process, socket, mount or group. */
  close(): Promise<void>;
}
