import type { AlertRule, Unit } from '../alert.ts';
import type { Labels } from '../metric.ts';
import { functionIn, namespaceIn, shortName } from './alert-labels.ts';

const longestValue = 200;
const longestText = 1_000;
/** What ends a line, acts on a terminal or turns the direction of what follows. */
const acting =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]+/g;

/** Any text as part of one line. */
export function plainLine(text: string, longest = longestText): string {
  const line = text.toWellFormed().replace(acting, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, '')}…` : line;
}

/** Fills `{{ name }}`: with a label, `value`, `function` (as people call it), `line`, or `s`, which a value other than 1 puts behind what it counts. What is not known is left out; what is filled in is not looked at again. */
export function fillTemplate(template: string, labels: Labels, value: string, line = ''): string {
  return plainLine(
    template.replace(/\{\{\s*\.?([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/g, (_, name: string) =>
      plainLine(word(name, labels, value, line), longestValue),
    ),
  );
}

function word(name: string, labels: Labels, value: string, line: string): string {
  if (name === 'value') return value;
  if (name === 'line') return line;
  if (Object.hasOwn(labels, name)) return labels[name] as string;
  if (name === 's') return value === '1' ? '' : 's';
  if (name === 'namespace') return namespaceIn(labels);
  const of = name === 'function' ? functionIn(labels) : undefined;
  return of === undefined ? '' : shortName(of);
}

/** A value as people read it. */
export function valueText(value: number, unit: Unit): string {
  if (!Number.isFinite(value)) return String(value);
  if (unit === 'share') return `${rounded(value * 100)} %`;
  if (unit === 'bytes') return bytesText(value);
  return unit === 'seconds' ? secondsText(value) : rounded(value);
}

/** A duration in its largest two units: `5 minutes`, `1 hour 30 minutes`. */
export function spanText(ms: number): string {
  const parts: string[] = [];
  let left = Math.round(ms / 1000);
  for (const [seconds, word] of [
    [86_400, 'day'],
    [3_600, 'hour'],
    [60, 'minute'],
    [1, 'second'],
  ] as const) {
    const count = Math.floor(left / seconds);
    left -= count * seconds;
    if (count > 0) parts.push(`${count} ${word}${count === 1 ? '' : 's'}`);
  }
  return parts.slice(0, 2).join(' ') || '0 seconds';
}

const compared = {
  '>': 'above',
  '>=': 'at least',
  '<': 'below',
  '<=': 'at most',
  '==': 'equal to',
  '!=': 'other than',
  present: 'is there',
} as const;

/** A rule, or one of its alerts, as one plain sentence: `p95 of checkout above 2 s for 5 minutes`. */
export function ruleSentence(rule: AlertRule, labels?: Labels, threshold = rule.threshold): string {
  const { clause, subject, is, unit, forMs } = rule;
  const words = (template: string): string =>
    labels === undefined ? inGeneral(template, rule) : fillTemplate(template, labels, '');
  const held = forMs > 0 ? ` for ${spanText(forMs)}` : '';
  const limit = valueText(threshold, unit);
  const whole = clause?.replace('{{ threshold }}', limit);
  if (whole !== undefined && (whole !== clause || threshold === 0)) return `${words(whole)}${held}`;
  return `${words(subject)} ${compared[is]}${is === 'present' ? '' : ` ${limit}`}${held}`;
}

/** Of a rule, whatever it will be about. */
function inGeneral(template: string, { source }: AlertRule): string {
  const functions = source.kind === 'logs' ? source.functions : '*';
  const of = functions.includes('*') ? 'a function' : functions;
  const known: Readonly<Record<string, string>> = {
    function: functions.length > 1 && of === 'a function' ? `a function of ${functions}` : of,
    ...{ channel: 'a channel', host: 'a host' },
  };
  return plainLine(
    template.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) =>
      Object.hasOwn(known, name) ? (known[name] as string) : '…',
    ),
  );
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function secondsText(value: number): string {
  const size = Math.abs(value);
  if (size < 1) return `${rounded(value * 1000)} ms`;
  if (size < 120) return `${rounded(value)} s`;
  return value < 0 ? `−${spanText(size * 1000)}` : spanText(size * 1000);
}

function bytesText(value: number): string {
  const names = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let [size, at] = [value, 0];
  while (Math.abs(size) >= 1024 && at < names.length - 1) [size, at] = [size / 1024, at + 1];
  return `${rounded(size)} ${names[at]}`;
}
