import { type Board, type BoardChart, type BoardQuery, boardBounds } from '@wherry/core/board';
import { checkName } from '@wherry/core/names';
import { present } from './deployment.ts';
import { Fields, refuseValue } from './fields.ts';
import { rfc3339 } from './times.ts';

/** A board, as GET /system/boards/{name} answers. */
export interface BoardInfo extends Omit<Board, 'updatedAt'> {
  readonly updatedAt: string;
}

/** What PUT /system/boards/{name} takes. With `revision`, it is refused where somebody else was faster; 0 is a board that is not there. */
export interface BoardRequest {
  readonly title?: string;
  readonly charts: readonly BoardChart[];
  readonly revision?: number;
}

export const encodeBoard = ({ updatedAt, ...board }: Board): BoardInfo => ({
  ...board,
  updatedAt: rfc3339(updatedAt),
});

/** Throws `bad_name`, `bad_json`, `bad_value`. A board without a title is called by its name. */
export function decodeBoard(
  name: string,
  body: unknown,
): Pick<Board, 'name' | 'title' | 'charts'> & { readonly revision?: number } {
  const fields = new Fields(body);
  const charts = (fields.objects('charts', boardBounds.charts) ?? []).map(chartIn);
  const revision = fields.wholeNumber('revision', 0, Number.MAX_SAFE_INTEGER);
  return {
    name: checkName('board', name),
    title: fields.longText('title', boardBounds.titleBytes) ?? name,
    charts,
    ...(revision === undefined ? {} : { revision }),
  };
}

export const chartKinds = ['line', 'area', 'step', 'bars'] as const;
export const chartUnits = ['number', 'per second', 'seconds', 'bytes', 'share'] as const;

function chartIn(fields: Fields): BoardChart {
  const queries = (fields.objects('queries', boardBounds.queries) ?? []).map(queryIn);
  if (queries.length === 0) refuseValue('queries', 'a chart needs one at least');
  return {
    title: fields.longText('title', boardBounds.titleBytes) ?? '',
    kind: oneOf(fields, 'kind', chartKinds),
    unit: oneOf(fields, 'unit', chartUnits),
    queries,
  };
}

function queryIn(fields: Fields): BoardQuery {
  return present<BoardQuery>({
    text: fields.longText('text', boardBounds.textBytes) ?? refuseValue('text', 'a query is empty'),
    legend: fields.longText('legend', boardBounds.titleBytes),
  });
}

/** The first of them where nothing is said. */
function oneOf(fields: Fields, name: string, all: readonly string[]): string {
  const value = fields.text(name) ?? all[0] ?? '';
  return all.includes(value) ? value : refuseValue(name, `is none of ${all.join(', ')}`);
}
