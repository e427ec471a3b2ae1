import type { DeploymentKey } from './function.ts';

/** wake: from nothing. sleep: to nothing. up, down: between. held: another number was wanted, and something stood in the way. */
export const scalingKinds = ['wake', 'sleep', 'up', 'down', 'held'] as const;
export type ScalingKind = (typeof scalingKinds)[number];

/** One decision over the number of a deployment's instances, and what came of it. */
export interface ScalingRecord {
  readonly deployment: DeploymentKey;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly kind: ScalingKind;
  /** Instances that took calls before, that were wanted, and that took calls when it was carried out. */
  readonly from: number;
  readonly wanted: number;
  readonly actual: number;
  /** One sentence for people: "18 in flight and 4 waiting, 1 per instance". */
  readonly reason: string;
}
