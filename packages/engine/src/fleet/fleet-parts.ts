import type { Instance } from '@wherry/core/instance';
import type { Clock } from '@wherry/core/ports/clock';
import type { Forwarder } from '@wherry/core/ports/forwarder';
import type { Provider } from '@wherry/core/ports/provider';
import type { Budget } from './budget.ts';
import type { Fleet } from './fleet.ts';
import type { StartGate } from './start-gate.ts';

/** What starting and stopping instances needs. */
export interface RosterParts {
  readonly clock: Clock;
  readonly provider: Provider;
  readonly forwarder: Forwarder;
  readonly budget: Budget;
  readonly gate: StartGate;
  /** How long an instance may take to end by itself. */
  readonly stopGraceMs: number;
  /** One takes calls. */
  readonly started: (instance: Instance) => void;
}

/** What fleets share. */
export interface FleetParts extends RosterParts {
  readonly told: FleetEvents;
}

/** What fleets tell of themselves, for whom decides how many instances there should be and for whom keeps what was decided. */
export interface FleetEvents {
  /** A call found no place. Said for each such call. */
  pressed(fleet: Fleet): void;
  /** The first instance takes calls, or all were stopped. */
  woke(fleet: Fleet, why: string): void;
  slept(fleet: Fleet, from: number, why: string): void;
  /** Brought to another number by hand. */
  scaled(fleet: Fleet, from: number, why: string): void;
}
