import { Link } from 'wouter';
import { HttpStatus } from '../../parts/chip.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Empty } from '../../parts/states.tsx';
import { When } from '../../parts/when.tsx';
import { functionPath } from '../../paths.ts';
import { shellWord } from '../../words.ts';
import { Took } from './call-columns.tsx';
import { type Of, useCalls } from './call-query.ts';
import { callKey } from './known-calls.ts';

/** The latest few, without filters. */
export function LatestCalls({ of, most }: { of: Of; most: number }) {
  const { query, calls } = useCalls(of, most);
  return (
    <Loaded query={query} what="the calls">
      {() =>
        calls.length === 0 ? (
          <NoCalls of={of} />
        ) : (
          <ul className="panel divide-y divide-line">
            {calls.slice(0, most).map((call) => (
              <li key={callKey(call)} className="flex flex-wrap items-center gap-x-5 gap-y-1 px-4 py-2">
                <Link
                  href={`${functionPath(of, 'calls')}?call=${encodeURIComponent(callKey(call))}`}
                  className="min-h-6 hover:underline"
                >
                  <When time={call.startedAt} />
                </Link>
                <span className="min-w-0 grow truncate font-mono text-[13px]">
                  {call.method} {call.path}
                </span>
                <HttpStatus status={call.status} />
                <Took call={call} />
              </li>
            ))}
          </ul>
        )
      }
    </Loaded>
  );
}

export function NoCalls({ of }: { of: Of | undefined }) {
  return (
    <Empty title="No calls yet" command={`npx wherry invoke ${shellWord(of?.name ?? 'NAME')} -d hello`} />
  );
}
