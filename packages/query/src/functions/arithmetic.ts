/** Go's rules for what is endless or no number, where JavaScript's differ. */
export function power(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Infinity)) return 1;
  return base ** exponent;
}

export const larger = (a: number, b: number): number =>
  a === Infinity || b === Infinity ? Infinity : Math.max(a, b);

export const smaller = (a: number, b: number): number =>
  a === -Infinity || b === -Infinity ? -Infinity : Math.min(a, b);

export function roundTo(value: number, unit: number): number {
  const inverse = 1 / unit;
  return Math.floor(value * inverse + 0.5) / inverse;
}

/** Functions of a number alone. */
export const simpleFunctions: Readonly<Record<string, (value: number) => number>> = {
  abs: Math.abs,
  ceil: Math.ceil,
  floor: Math.floor,
  exp: Math.exp,
  ln: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  sqrt: Math.sqrt,
  sgn: Math.sign,
};
