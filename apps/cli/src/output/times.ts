/** A time in UTC with as many digits of the second on each line: what comes off the wire leaves zeros at the end out, and columns would jump. */
export function timeWithDigits(time: string, digits: number): string {
  const parts = /^([^.]*\d)(?:\.(\d+))?Z$/.exec(time);
  if (parts === null) return time;
  const [, whole, fraction = ''] = parts;
  return `${whole}.${fraction.padEnd(digits, '0').slice(0, digits)}Z`;
}
