/** As Prometheus's HTTP API writes numbers: the shortest text that reads back the same, with two digits of exponent at least. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  return String(value).replace(/e([+-])([0-9])$/, 'e$10$2');
}

/** The same without an exponent, however many digits that takes, as values become labels. */
export function wholeNumber(value: number): string {
  const text = formatNumber(value);
  const parts = /^(-?)([0-9])(?:\.([0-9]+))?e([+-])([0-9]+)$/.exec(text);
  if (!parts) return text;
  const [, sign = '', first = '', rest = '', direction, power] = parts;
  const digits = first + rest;
  if (direction === '-') return `${sign}0.${'0'.repeat(Number(power) - 1)}${digits}`;
  return sign + digits.padEnd(Number(power) + 1, '0');
}
