import { WherryError } from '../errors.ts';
import { printable } from '../names.ts';
import { goDurationMs, wholeNumber } from './quantity.ts';

/**
 * What the number of instances follows. capacity: calls in flight and in line. rps: calls that come in a second. cpu: processor time,
 * in thousandths of a processor. queue: calls that wait in the queue.
 */
export const scalingTypes = ['capacity', 'rps', 'cpu', 'queue'] as const;
export type ScalingType = (typeof scalingTypes)[number];

/** How a function's number of instances follows its load, in OpenFaaS's labels `com.openfaas.scale.*`. */
export interface Scaling {
  readonly type: ScalingType;
  /** Load that one instance is to have; undefined is, for capacity only, as many calls as the instance takes. */
  readonly target?: number;
  /** The part of the target from which on there should be another instance; undefined is `usualProportion`, in whole calls. */
  readonly proportion?: number;
  /** For so long the load must have needed fewer instances before one is stopped. */
  readonly downWindowMs: number;
}

export const usualProportion = 0.9;

/** OpenFaaS's is off, with which the number follows every breath of the load. */
const usualWindowMs = 30_000;
const mostWindowMs = 300_000;

/** OpenFaaS's default is 50 whatever is measured; of a processor that would be a twentieth, so there it is a half. */
const usualTargets = { capacity: undefined, rps: 50, cpu: 500, queue: 50 } as const;

const key = (name: string): string => `com.openfaas.scale.${name}`;

/** Reads the labels. Throws `bad_value` naming the one that can't be understood. */
export function scaling(label: (key: string) => string | undefined): Scaling {
  const [type, target, proportion, window] = ['type', 'target', 'target-proportion', 'down.window'].map(
    (name) => label(key(name)),
  );
  const by = type === undefined ? 'capacity' : typeOf(type);
  const aim = target === undefined ? usualTargets[by] : wholeNumber(key('target'), target, 1, 1_000_000);
  return {
    type: by,
    ...(aim === undefined ? {} : { target: aim }),
    ...(proportion === undefined ? {} : { proportion: part(key('target-proportion'), proportion) }),
    downWindowMs: window === undefined ? usualWindowMs : windowMs(key('down.window'), window),
  };
}

function typeOf(text: string): ScalingType {
  const found = scalingTypes.find((one) => one === text);
  return found ?? refuse(`${key('type')}: ${printable(text)} is none of ${scalingTypes.join(', ')}`);
}

function part(field: string, text: string): number {
  const value = /^(?:\d(?:\.\d{1,6})?|\.\d{1,6})$/.test(text) ? Number(text) : Number.NaN;
  return value >= 0.01 && value <= 1 ? value : refuse(`${field}: ${printable(text)} is not from 0.01 to 1`);
}

function windowMs(field: string, text: string): number {
  const value = goDurationMs(field, text);
  return value <= mostWindowMs ? value : refuse(`${field}: ${printable(text)} is more than 5m`);
}

function refuse(cause: string): never {
  throw new WherryError('bad_value', cause, { component: 'rules' });
}
