import { count } from '../words.ts';
import { type Few, mostLines, mostSeries } from './series.ts';

/** What is said of lines that are not drawn, and the way to have them drawn. */
export function OtherLines({
  all,
  few: { left, sum },
  showsAll,
  change,
}: {
  all: number;
  few: Few;
  showsAll: boolean;
  change: () => void;
}) {
  const most = all > mostLines ? `the largest ${mostLines} of ${count(all)}` : `all ${all}`;
  return (
    <p className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-muted">
      {!showsAll &&
        (sum !== undefined
          ? `${count(left)} lines are drawn as their sum.`
          : `${count(left)} more ${left === 1 ? 'line is' : 'lines are'} not drawn: their mean or sum would say nothing.`)}
      <button type="button" className="button small" onClick={change}>
        {showsAll ? `Show ${mostSeries} lines` : `Show ${most}`}
      </button>
    </p>
  );
}
