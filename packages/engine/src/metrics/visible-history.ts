import type { Labels } from '@wherry/core/metric';
import { type FunctionName, parseFullName } from '@wherry/core/names';
import type { SeriesSource } from '@wherry/core/ports/queries';

/** What of the history somebody may see: the series of their functions; those that belong to no function only where they may see everything. */
export function visibleHistory(
  history: SeriesSource,
  may: (target: FunctionName) => boolean,
  everything: boolean,
): SeriesSource {
  if (everything) return history;
  const visible = ({ labels }: { readonly labels: Labels }): boolean => {
    const target = parseFullName(labels['function_name'] ?? '');
    return target !== undefined && may(target);
  };
  return {
    read: async (query) => (await history.read(query)).filter(visible),
    series: async (query) => (await history.series(query)).filter(visible),
  };
}
