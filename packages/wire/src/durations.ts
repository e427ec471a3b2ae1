/** A duration as Go and Prometheus write it: `5m`, `1h30m`, `500ms`. */
export function durationText(ms: number): string {
  const parts: string[] = [];
  let left = Math.round(ms);
  for (const [size, unit] of [
    [3_600_000, 'h'],
    [60_000, 'm'],
    [1_000, 's'],
    [1, 'ms'],
  ] as const) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return parts.join('') || '0s';
}
