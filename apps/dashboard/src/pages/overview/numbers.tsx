import { useQuery } from '@tanstack/react-query';
import type { Client } from '@wherry/wire/client';
import type { FunctionStatus } from '@wherry/wire/function-status';
import { useSession } from '../../current-session.ts';
import { type Point, Sparkline } from '../../parts/sparkline.tsx';
import { compact, duration } from '../../words.ts';
import { ofNamespace } from '../explore/selectors.ts';

const rangeS = 3_600;
const stepS = 60;
const againMs = 15_000;
/** A number that is older is none of now. */
const freshS = 180;

interface Range {
  readonly start: string;
  readonly end: string;
  readonly step: string;
}

/** Four numbers of now, each with how it was in the last hour. */
export function Numbers({
  namespace,
  functions,
}: {
  namespace: string;
  functions: readonly FunctionStatus[];
}) {
  const running = functions.reduce((sum, { availableReplicas }) => sum + availableReplicas, 0);
  const only = ofNamespace(namespace);
  const calls = `gateway_function_invocation_total${only()}`;
  const failed = `gateway_function_invocation_total${only('code=~"5.."')}`;
  const plain = (query: string) => (client: Client, range: Range) => pointsOf(client, query, range);
  return (
    <ul className="grid grid-cols-4 gap-4 max-lg:grid-cols-2">
      <OneNumber
        name="Calls per minute"
        of={namespace}
        ask={plain(`sum(rate(${calls}[2m])) * 60`)}
        say={compact}
        none="no calls yet"
      />
      <OneNumber
        name="Share of errors, 5 min"
        of={namespace}
        ask={async (client, range) =>
          shares(
            await pointsOf(client, `sum(rate(${failed}[5m]))`, range),
            await pointsOf(client, `sum(rate(${calls}[5m]))`, range),
          )
        }
        say={(share) => `${compact(share * 100)} %`}
        none="no calls"
      />
      <OneNumber
        name="95 % took less than, 5 min"
        of={namespace}
        ask={plain(
          `histogram_quantile(0.95, sum by (le) (rate(wherry_function_seconds_bucket${only()}[5m])))`,
        )}
        say={(seconds) => duration(seconds * 1000)}
        none="no calls"
      />
      <OneNumber
        name="Running instances"
        of={namespace}
        ask={plain(`sum(gateway_service_ready_count${only()})`)}
        now={running}
        say={compact}
        none="none"
      />
    </ul>
  );
}

async function pointsOf(client: Client, query: string, range: Range): Promise<readonly Point[]> {
  const { result } = await client.queryRange({ query, ...range });
  return result[0]?.values ?? [];
}

/** What never happened has no series: then its share of what did is zero. */
function shares(part: readonly Point[], whole: readonly Point[]): readonly Point[] {
  const parts = new Map(part);
  return whole.map(([at, all]) => [at, String(Number(parts.get(at) ?? 0) / Number(all))]);
}

function OneNumber({
  name,
  of,
  ask,
  now,
  say,
  none,
}: {
  name: string;
  of: string;
  ask: (client: Client, range: Range) => Promise<readonly Point[]>;
  /** What it is at this moment, where that is known better than by the last that was measured. */
  now?: number;
  say: (value: number) => string;
  /** What is said where there is no number. */
  none: string;
}) {
  const { client } = useSession();
  const { data, error } = useQuery({
    queryKey: ['metrics', name, of],
    queryFn: async () => {
      const end = Math.floor(Date.now() / 1000);
      const start = end - rangeS;
      const points = await ask(client, { start: String(start), end: String(end), step: String(stepS) });
      return { points, start, end };
    },
    refetchInterval: againMs,
  });
  const last = data?.points.findLast(([, value]) => Number.isFinite(Number(value)));
  const fresh = last !== undefined && data !== undefined && data.end - last[0] < freshS;
  const value = now ?? (fresh ? Number(last[1]) : undefined);
  return (
    <li className="panel flex min-w-0 flex-col p-4">
      <p className="grow text-xs text-balance text-muted">{name}</p>
      <p className="my-1 truncate text-[20px] font-semibold text-strong">
        {error !== null && now === undefined ? (
          <span className="text-[14px] font-normal text-bad">■ could not be asked</span>
        ) : value !== undefined ? (
          say(value)
        ) : data === undefined ? (
          '…'
        ) : (
          <span className="text-[14px] font-normal text-muted">{none}</span>
        )}
      </p>
      <Sparkline points={data?.points ?? []} from={data?.start ?? 0} to={data?.end ?? 1} />
    </li>
  );
}
