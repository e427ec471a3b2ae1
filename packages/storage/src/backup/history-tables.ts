/** Tables that only say what happened: what `--no-history` leaves out. Who was ever called stays, with the counts. */
export const historyTables: ReadonlySet<string> = new Set([
  'calls',
  'call_chunks',
  'call_blocks',
  'logs',
  'log_blocks',
  'call_links',
  'captures',
  'exits',
  'metric_series',
  'metric_blocks',
  'metric_rounds',
]);
