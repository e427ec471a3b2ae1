import type { CpuGroup } from '../kit/cpu-meter.ts';

/**
 * Something that answers calls: `hello` to a GET, the body to a POST.
 */
export interface Stack {
  readonly name: string;
  readonly url: string;
  /** Sent with every call. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Counts all of its processes; undefined where they are not known. */
  readonly cpu: CpuGroup | undefined;
}
