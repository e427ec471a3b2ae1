/** A series' labels, its name under `__name__`, in the order of their names. No value is empty: such a label is not there. */
export type LabelSet = ReadonlyMap<string, string>;

export const metricName = '__name__';
export const noLabels: LabelSet = new Map();

export function labelSet(pairs: Iterable<readonly [string, string]>): LabelSet {
  return new Map(
    [...pairs].filter(([, value]) => value !== '').sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
  );
}

/** Text that is the same for the same labels, and for no others. */
export function keyOf(labels: LabelSet): string {
  let key = '';
  for (const [name, value] of labels) key += `${name}=${value.length}:${value};`;
  return key;
}

export function withoutLabels(labels: LabelSet, names: ReadonlySet<string>): LabelSet {
  return new Map([...labels].filter(([name]) => !names.has(name)));
}

export function onlyLabels(labels: LabelSet, names: ReadonlySet<string>): LabelSet {
  return new Map([...labels].filter(([name]) => names.has(name)));
}

/** The labels with one of them set, or removed where the value is empty. */
export function withLabel(labels: LabelSet, name: string, value: string): LabelSet {
  return labelSet([...labels].filter(([other]) => other !== name).concat([[name, value]]));
}

const name = new Set([metricName]);
export const withoutName = (labels: LabelSet): LabelSet =>
  labels.has(metricName) ? withoutLabels(labels, name) : labels;

export const isLabelName = (text: string): boolean => /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(text);

/** As people write them: `up{job="x"}`. */
export function inWords(labels: LabelSet): string {
  const rest = [...withoutName(labels)].map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(', ');
  return `${labels.get(metricName) ?? ''}{${rest}}`.slice(0, 500);
}

/** Text by which series are put in order: name by name, value by value, what has fewer labels first. */
export function orderOf(labels: LabelSet): string {
  let text = '';
  for (const [name, value] of labels) text += `${name}\0${value}\0`;
  return text;
}
