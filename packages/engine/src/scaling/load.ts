import { type Scaling, type ScalingType, usualProportion } from '@wherry/core/rules/scaling';

/** What a function has to do at one moment, as plain numbers. */
export interface Load {
  /** Calls in its instances, and in line for one. */
  readonly inFlight: number;
  readonly waiting: number;
  /** Calls that came, a second. */
  readonly rps: number;
  /** Processor time, in thousandths of a processor; undefined where this machine does not count it. */
  readonly millicores: number | undefined;
  /** Calls that wait in the queue. */
  readonly queued: number;
  /** Calls that one instance takes at present. */
  readonly capacity: number;
}

/** How many instances a load asks for. */
export interface Need {
  /** More are started below this number … */
  readonly least: number;
  /** … and fewer are enough above this one: the same, but for loads that tremble. */
  readonly most: number;
  /** The load in words, for whoever asks why. */
  readonly words: string;
}

/** A load that is measured and not counted may be so much above before another instance starts. */
const tolerance = 0.1;

/** OpenFaaS's rule: the load over the part of the target that an instance is to have. Undefined where the load is not known. */
export function needOf({ type, target, proportion }: Scaling, load: Load): Need | undefined {
  const amount = amountOf(type, load);
  if (amount === undefined) return undefined;
  const counted = type === 'capacity' || type === 'queue';
  const exact = (target ?? load.capacity) * (proportion ?? usualProportion);
  // Nobody has nine tenths of a call: one at a time needs one instance, unless somebody says otherwise.
  const share = counted && proportion === undefined ? Math.ceil(exact) : exact;
  const slack = counted ? 1 : 1 + tolerance;
  return {
    least: Math.ceil(amount / (share * slack)),
    most: Math.ceil(amount / share),
    words: `${wordsOf(type, load)}, ${plain(share)} per instance`,
  };
}

function amountOf(type: ScalingType, load: Load): number | undefined {
  if (type === 'capacity') return load.inFlight + load.waiting;
  if (type === 'rps') return load.rps;
  return type === 'cpu' ? load.millicores : load.queued;
}

function wordsOf(type: ScalingType, load: Load): string {
  if (type === 'capacity')
    return load.waiting === 0
      ? `${load.inFlight} in flight`
      : `${load.inFlight} in flight and ${load.waiting} waiting`;
  if (type === 'rps') return `${plain(load.rps)} calls a second`;
  return type === 'cpu' ? `${plain(load.millicores ?? 0)} millicores` : `${load.queued} waiting in the queue`;
}

function plain(value: number): string {
  return String(Math.round(value * 10) / 10);
}
