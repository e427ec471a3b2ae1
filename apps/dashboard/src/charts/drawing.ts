import uPlot from 'uplot';
import type { Kind } from './kinds.ts';

/** How a line is told from its neighbours: by its colour and by its dashes. */
export interface Look {
  /** A name in tokens.css. */
  readonly tone: string;
  readonly dash: readonly number[];
  /** Of the period before: thin, and never filled. */
  readonly past?: boolean;
}

export interface Line {
  readonly look: Look;
  /** Where it is drawn, so in a stack with all below it. */
  readonly values: readonly (number | null)[];
}

export interface Drawn {
  readonly kind: Kind;
  /** Milliseconds since 1970. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  /** The last value is of a step that is not over. */
  readonly open: boolean;
}

/** In a stack the highest goes first, so that what is drawn later leaves its stripe. */
const order = ({ kind, lines }: Drawn): readonly Line[] =>
  kind === 'area' || kind === 'bars' ? [...lines].reverse() : lines;

/** Two columns for each line: what is known, and the last step that may still grow. */
export function dataOf(drawn: Drawn): uPlot.AlignedData {
  const last = drawn.times.length - 1;
  const columns = order(drawn).flatMap(({ values, look }) => {
    const open = drawn.open && look.past !== true;
    const kept = open ? values.map((value, i) => (i === last ? null : value)) : [...values];
    const from = drawn.kind === 'bars' ? last : last - 1;
    const tail = values.map((value, i) => (open && i >= from ? value : null));
    return [kept, tail];
  });
  return [drawn.times.map((ms) => ms / 1000), ...columns];
}

export function seriesOf(drawn: Drawn, colour: (name: string) => string): uPlot.Series[] {
  const { bars, stepped, linear } = uPlot.paths;
  const surface = colour('surface-1');
  const paths =
    drawn.kind === 'bars'
      ? bars?.({ size: [0.8, 40], align: -1 })
      : drawn.kind === 'step'
        ? stepped?.({ align: 1 })
        : linear?.();
  return order(drawn).flatMap(({ look: { tone, dash, past } }) => {
    const stroke = colour(tone);
    const filled = past !== true && (drawn.kind === 'area' || drawn.kind === 'bars');
    const series = (open: boolean): uPlot.Series => ({
      stroke,
      width: past ? 1 : 1.75,
      dash: open ? [2, 3] : past ? [5, 4] : [...dash],
      // A value between two gaps is no line, and is seen all the same.
      points: {
        show: drawn.kind !== 'bars',
        size: 5,
        fill: stroke,
        filter: (u, i) => lonely(u.data[i] ?? []),
      },
      spanGaps: false,
      ...(paths === undefined
        ? {}
        : { paths: past && drawn.kind === 'bars' ? (stepped?.({ align: -1 }) ?? paths) : paths }),
      ...(filled ? { fill: mixed(stroke, surface, open ? 0.12 : 0.3) } : {}),
    });
    return [series(false), series(true)];
  });
}

function lonely(values: ArrayLike<number | null | undefined>): number[] {
  const gap = (i: number): boolean => values[i] === null || values[i] === undefined;
  return Array.from(values, (_, i) => i).filter((i) => !gap(i) && gap(i - 1) && gap(i + 1));
}

/** So much of one colour in another: what lies below in a stack must not shine through. */
function mixed(one: string, other: string, share: number): string {
  const [front, back] = [partsOf(one), partsOf(other)];
  return `rgb(${front.map((part, i) => Math.round(part * share + (back[i] ?? 0) * (1 - share))).join(' ')})`;
}

/** Of `#rgb` or `#rrggbb`: the builder shortens what it can. */
function partsOf(colour: string): number[] {
  const digits = colour.slice(1);
  const each = digits.length === 3 ? [...digits].map((digit) => digit + digit) : (digits.match(/../g) ?? []);
  return each.map((hex) => Number.parseInt(hex, 16));
}
