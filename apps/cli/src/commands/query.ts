import { durationMs } from '@wherry/core/rules/quantity';
import { type Command, targetOptions } from '../command.ts';
import { seriesTable, vectorTable } from '../output/query-tables.ts';

/** As many points as a line of a table has room for. */
const points = 60;
const nothing =
  'Nothing has these numbers now. Names of metrics: docs/monitoring.md; an earlier time: --range 24h';

export const command: Command = {
  name: 'query',
  summary: 'Ask the history of metrics, in Prometheus’s language.',
  details: 'What of the language is known: docs/queries.md; the names of the metrics: docs/monitoring.md',
  arguments: [
    {
      name: '<QUERY>',
      says: 'such as: sum by (function_name) (rate(gateway_function_invocation_total[5m]))',
    },
  ],
  options: [
    { flags: '--range <DURATION>', says: 'over the last 15m, 6h, 2d … instead of now' },
    { flags: '--step <DURATION>', says: `how far apart the points are (a ${points}th of the range)` },
    ...targetOptions,
  ],
  examples: [
    ['query gateway_service_count', 'instances of each function, now'],
    ["query 'rate(wherry_function_cold_total[5m])' --range 6h", 'cold starts over six hours'],
  ],
  related: ['calls', 'scaling'],
  async run(context) {
    const { options, output } = context;
    const query = context.args[0] ?? '';
    const range = options.text('range');
    if (range === undefined) {
      const answer = await context.ask('Asking', (client) => client.query({ query }));
      if (answer.result.length === 0) output.note(nothing);
      return output.result(answer, () => vectorTable(answer, output.out.columns));
    }
    const end = Date.now();
    const rangeMs = durationMs('--range', range);
    const step = options.text('step');
    const stepMs = step === undefined ? Math.max(10_000, rangeMs / points) : durationMs('--step', step);
    const seconds = (ms: number): string => (Math.round(ms) / 1000).toString();
    const answer = await context.ask('Asking', (client) =>
      client.queryRange({ query, start: seconds(end - rangeMs), end: seconds(end), step: seconds(stepMs) }),
    );
    if (answer.result.length === 0) output.note(nothing);
    await output.result(answer, () => seriesTable(answer.result, output.out.columns));
  },
};
