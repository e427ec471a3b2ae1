/** Up to when the log of each instance is known. Lines of one instance come in order; those of several come as each hands them over. */
export type LogReach = ReadonlyMap<string, number>;

interface Line {
  readonly instance: string;
  /** Milliseconds since 1970, with fractions. */
  readonly at: number;
}

/** `lines`: in the order in which they came. */
export function reachOf(lines: Iterable<Line>): Map<string, number> {
  return new Map(Array.from(lines, ({ instance, at }) => [instance, at] as const));
}

/** Whether a line is not among what is known. */
export function isBeyond(reach: LogReach, { instance, at }: Line): boolean {
  return at > (reach.get(instance) ?? Number.NEGATIVE_INFINITY);
}
