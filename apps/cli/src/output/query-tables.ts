import type { MatrixResult, QueryResult } from '@wherry/core/ports/queries';
import { escapeLine } from './escape.ts';
import { table } from './table.ts';

type Matrix = MatrixResult['result'];

/** What a query gives at one moment: a line for each series. */
export function vectorTable(answer: QueryResult, columns: number): string {
  switch (answer.resultType) {
    case 'scalar':
    case 'string':
      return `${escapeLine(answer.resultType === 'scalar' ? shown(answer.result[1]) : answer.result[1])}\n`;
    case 'matrix':
      return seriesTable(answer.result, columns);
    case 'vector':
      if (answer.result.length === 0) return '';
      return table<(typeof answer.result)[number]>(
        [
          { head: 'SERIES', cell: ({ metric }) => nameOf(metric), shrinks: true },
          { head: 'VALUE', cell: ({ value }) => shown(value[1]), right: true },
        ],
        answer.result,
        columns,
      );
  }
}

/** Series over a time: a line for each, with its course drawn. */
export function seriesTable(series: Matrix, columns: number): string {
  if (series.length === 0) return '';
  const rows = series.map(({ metric, values }) => {
    const numbers = values
      .map(([, value]) => Number(value.replace('Inf', 'Infinity')))
      .filter(Number.isFinite);
    return {
      name: nameOf(metric),
      course: course(numbers),
      least: short(Math.min(...numbers)),
      most: short(Math.max(...numbers)),
      last: values.at(-1)?.[1] ?? '',
    };
  });
  return table<(typeof rows)[number]>(
    [
      { head: 'SERIES', cell: ({ name }) => name, shrinks: true },
      { head: 'COURSE', cell: (row) => row.course },
      { head: 'MIN', cell: ({ least }) => least, right: true },
      { head: 'MAX', cell: ({ most }) => most, right: true },
      { head: 'LAST', cell: ({ last }) => short(Number(last)), right: true },
    ],
    rows,
    columns,
  );
}

const bars = '▁▂▃▄▅▆▇█';

function course(numbers: readonly number[]): string {
  const most = Math.max(...numbers.map(Math.abs));
  const heightOf = (value: number): number =>
    most > 0 ? Math.min(bars.length - 1, Math.max(0, Math.floor((value / most) * bars.length))) : 0;
  return numbers.map((value) => bars[heightOf(value)]).join('');
}

/** Four figures are enough in a table; `-o json` has all. */
const short = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(4))) : '');

/** Counts and whatever is no number as they are; six figures of the rest. */
function shown(value: string): string {
  const number = Number(value);
  return Number.isFinite(number) && !Number.isInteger(number) ? String(Number(number.toPrecision(6))) : value;
}

function nameOf(metric: Readonly<Record<string, string>>): string {
  const { __name__: name = '', ...labels } = metric;
  const written = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return escapeLine(written.length === 0 ? name || '{}' : `${name}{${written.join(', ')}}`);
}
