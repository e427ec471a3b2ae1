import type { Clock } from '@wherry/core/ports/clock';
import type { Forwarder } from '@wherry/core/ports/forwarder';
import type { Provider } from '@wherry/core/ports/provider';
import type { Budget } from './budget.ts';

/** What fleets share. */
export interface FleetParts {
  readonly clock: Clock;
  readonly provider: Provider;
  readonly forwarder: Forwarder;
  readonly budget: Budget;
  /** How long an instance may take to end by itself. */
  readonly stopGraceMs: number;
}
