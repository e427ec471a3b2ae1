/** How tables are written. */
export const tableFormats = ['csv', 'json', 'jsonl', 'xlsx'] as const;
export type TableFormat = (typeof tableFormats)[number];

export const contentTypes: Readonly<Record<TableFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  json: 'application/json',
  jsonl: 'application/x-ndjson',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};
