import type { AlertInfo } from '@wherry/wire/alert-lists';
import type { FunctionStatus } from '@wherry/wire/function-status';
import type { QueueLane } from '@wherry/wire/queued-calls';
import { Link } from 'wouter';
import { sinceOf } from '../../alerts.ts';
import { StatusChip } from '../../parts/chip.tsx';
import { SeverityChip } from '../../parts/severity.tsx';
import { Since } from '../../parts/when.tsx';
import { functionPath } from '../../paths.ts';
import { count } from '../../words.ts';

const mostShown = 6;

export interface State {
  readonly functions: readonly FunctionStatus[];
  readonly lanes: readonly QueueLane[];
  /** Alerts, the worst first. */
  readonly firing: readonly AlertInfo[];
}

export const ill = ({ wherryStatus }: FunctionStatus): boolean =>
  wherryStatus === 'broken' || wherryStatus === 'backing-off';

/** What somebody should look at: alerts that fire, functions that do not start, calls that failed for good. */
export function Attention({ functions, lanes, firing }: State) {
  const failing = functions.filter(ill);
  const dead = lanes.filter((lane) => lane.dead > 0).toSorted((a, b) => b.dead - a.dead);
  return (
    <section className="min-w-0">
      <h2 className="mb-2">Needs attention</h2>
      {firing.length + failing.length + dead.length === 0 && (
        <p className="panel p-4 text-muted">Nothing does.</p>
      )}
      {firing.length + failing.length + dead.length > 0 && (
        <ul className="panel divide-y divide-line">
          {firing.slice(0, mostShown).map((alert) => (
            <li key={alert.id} className="px-4 py-2.5">
              <Link
                href="/alerts"
                className="line-clamp-2 font-medium break-words text-strong hover:underline"
              >
                {alert.summary}
              </Link>
              <span className="flex gap-3 text-muted">
                <SeverityChip severity={alert.severity} />
                <Since time={sinceOf(alert)} />
              </span>
            </li>
          ))}
          {firing.length > mostShown && (
            <li className="px-4 py-2.5">
              <Link href="/alerts" className="text-accent underline">
                {count(firing.length - mostShown)} more alerts
              </Link>
            </li>
          )}
          {failing.slice(0, mostShown).map((one) => (
            <li key={`${one.name} ${one.namespace}`} className="px-4 py-2.5">
              <span className="flex gap-3">
                <Link
                  href={functionPath(one)}
                  className="min-w-0 grow truncate font-medium text-strong hover:underline"
                >
                  {one.name}
                </Link>
                <StatusChip status={one.wherryStatus} />
              </span>
              <span className="line-clamp-2 break-words text-muted">{one.wherryReason}</span>
            </li>
          ))}
          {dead.slice(0, mostShown).map(({ lane, dead: times }) => (
            <li key={lane} className="flex gap-3 px-4 py-2.5">
              <Link
                href={`/queue/calls?state=dead&lane=${encodeURIComponent(lane)}`}
                className="min-w-0 grow truncate font-medium text-strong hover:underline"
              >
                {lane}
              </Link>
              <span className="whitespace-nowrap text-bad">
                ■ {count(times)} dead {times === 1 ? 'letter' : 'letters'}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
