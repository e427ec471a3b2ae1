import type { LabelMatcher, Labels, MetricKind, MetricSample } from '@wherry/core/metric';
import { matches } from './label-matching.ts';

/** How many series there may be, in all, with all that ever were, and of one function without its instances, and how long names and values may be, in UTF-16 units. */
export const most = {
  series: 100_000,
  numbers: 2 ** 25,
  ofFunction: 1_000,
  /** Of single instances, which come and go: prune makes room among them, and not among the others. */
  ofInstances: 60_000,
  labels: 32,
  name: 256,
  value: 1_024,
} as const;

/** What is known of a series; its number stands for it everywhere else. */
export interface Series {
  readonly id: number;
  readonly name: string;
  readonly labels: Labels;
  readonly kind: MetricKind;
  /** When it was seen for the first time. */
  readonly since: number;
}

/** Which series a sample is of, as one text; undefined for what is never kept. */
export function keyOf({ name, labels, value }: MetricSample): string | undefined {
  if (!Number.isFinite(value) || name === '' || name.length > most.name) return undefined;
  const pairs = Object.entries(labels).filter(([, text]) => text !== '');
  if (pairs.length > most.labels) return undefined;
  for (const [label, text] of pairs)
    if (label === '__name__' || label.length > most.name || text.length > most.value) return undefined;
  if (pairs.length > 1) pairs.sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([name, ...pairs.flat()]);
}

function readKey(key: string): { name: string; labels: Labels } {
  const [name = '', ...flat] = JSON.parse(key) as string[];
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) pairs.push([flat[at]!, flat[at + 1]!]);
  return { name, labels: Object.fromEntries(pairs) };
}

/** Every series of which there are samples, by its number, its key and its name. */
export class SeriesIndex {
  readonly #byKey = new Map<string, Series>();
  readonly #byId = new Map<number, Series>();
  readonly #byName = new Map<string, Set<Series>>();
  readonly #ofFunction = new Map<string, number>();
  #ofInstances = 0;
  /** Numbers are not given again while the program runs, nor after it where rows with them may be left. */
  #next = 1;

  get size(): number {
    return this.#byId.size;
  }

  get(id: number): Series | undefined {
    return this.#byId.get(id);
  }

  all(): IterableIterator<Series> {
    return this.#byId.values();
  }

  /** The series of a key, new where there is none; undefined where there are too many, or it is there as another kind. */
  take(key: string, kind: MetricKind, since: number): Series | undefined {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known.kind === kind ? known : undefined;
    if (this.size >= most.series || this.#next >= most.numbers) return undefined;
    const { labels } = readKey(key);
    if (isOfInstance(labels)) {
      if (this.#ofInstances >= most.ofInstances) return undefined;
    } else if ((this.#ofFunction.get(functionOf(labels) ?? '') ?? 0) >= most.ofFunction) return undefined;
    return this.add(key, { id: this.#next, kind, since });
  }

  /** Takes a series that has its number already. */
  add(key: string, known: Pick<Series, 'id' | 'kind' | 'since'>): Series {
    const series = { ...known, ...readKey(key) };
    this.reserve(series.id);
    this.#byKey.set(key, series);
    this.#byId.set(series.id, series);
    const named = this.#byName.get(series.name);
    if (named === undefined) this.#byName.set(series.name, new Set([series]));
    else named.add(series);
    this.#count(series, 1);
    return series;
  }

  /** A number that is in use, whoever's it was. */
  reserve(id: number): void {
    if (id >= this.#next) this.#next = id + 1;
  }

  remove(id: number): void {
    const series = this.#byId.get(id);
    if (series === undefined) return;
    this.#byId.delete(id);
    this.#byKey.delete(keyOf({ ...series, value: 0 })!);
    const named = this.#byName.get(series.name)!;
    named.delete(series);
    if (named.size === 0) this.#byName.delete(series.name);
    this.#count(series, -1);
  }

  /** Those that every matcher fits. Throws `bad_query`. */
  select(matchers: readonly LabelMatcher[]): Series[] {
    const name = matchers.find(({ label, is }) => label === '__name__' && is === '=');
    let found: Series[] = [...(name === undefined ? this.all() : (this.#byName.get(name.value) ?? []))];
    for (const matcher of matchers) {
      // Series share most of their values.
      const known = new Map<string, boolean>();
      // Read even where nothing is left to match: a pattern that is none is always told.
      matches(matcher, '');
      found = found.filter((series) => {
        const value = valueOf(series, matcher.label);
        let fits = known.get(value);
        if (fits === undefined) known.set(value, (fits = matches(matcher, value)));
        return fits;
      });
    }
    return found;
  }

  #count({ labels }: Series, by: 1 | -1): void {
    if (isOfInstance(labels)) {
      this.#ofInstances += by;
      return;
    }
    const target = functionOf(labels);
    if (target === undefined) return;
    const count = (this.#ofFunction.get(target) ?? 0) + by;
    if (count === 0) this.#ofFunction.delete(target);
    else this.#ofFunction.set(target, count);
  }
}

function valueOf({ name, labels }: Series, label: string): string {
  if (label === '__name__') return name;
  return Object.hasOwn(labels, label) ? labels[label]! : '';
}

/** Whether it is about one instance, which ends some day. */
export const isOfInstance = (labels: Labels): boolean => Object.hasOwn(labels, 'instance');

function functionOf(labels: Labels): string | undefined {
  return Object.hasOwn(labels, 'function_name') ? labels['function_name'] : undefined;
}
