/** A time in seconds and a value as text, as queries answer them. */
export type Point = readonly [number, string];

const [width, height] = [120, 28];

/** A line without axes. A gap stays a gap: no numbers are not zero. */
export function Sparkline({ points, from, to }: { points: readonly Point[]; from: number; to: number }) {
  const values = points.map(([at, text]) => [at, Number(text)] as const);
  const most = Math.max(...values.map(([, value]) => value).filter(Number.isFinite), 0);
  const step = medianStep(values.map(([at]) => at));
  let path = '';
  let before = Number.NEGATIVE_INFINITY;
  for (const [at, value] of values) {
    if (!Number.isFinite(value)) continue;
    const x = (((at - from) / Math.max(to - from, 1)) * width).toFixed(1);
    const y = (height - 2 - (most === 0 ? 0 : (value / most) * (height - 4))).toFixed(1);
    // A line of no length is drawn as a dot, by its round ends.
    path += `${at - before > step * 1.5 ? `M${x} ${y}` : ''}L${x} ${y}`;
    before = at;
  }
  return (
    <svg viewBox={`0 0 ${width} ${height}`} aria-hidden className="h-7 w-full" preserveAspectRatio="none">
      <path
        d={path}
        fill="none"
        stroke="var(--accent)"
        strokeWidth="1.75"
        strokeLinecap="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}

function medianStep(times: readonly number[]): number {
  const steps = times.slice(1).map((at, i) => at - (times[i] ?? at));
  return steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 1;
}
