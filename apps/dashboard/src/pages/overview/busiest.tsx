import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { useSession } from '../../current-session.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { functionPath } from '../../paths.ts';
import { compact } from '../../words.ts';

const mostShown = 6;
const againMs = 30_000;
const minuteMs = 60_000;
const overMs = 15 * minuteMs;

/** Who was called most in the last quarter of an hour, as usage counts it: a rate would be an estimate. */
export function Busiest({ namespace }: { namespace: string }) {
  const { client } = useSession();
  const query = useQuery({
    queryKey: ['usage', 'lately', namespace],
    queryFn: async () => {
      // From a whole minute on, so that the gateway need not read what lies closer together.
      const since = new Date(Math.floor(Date.now() / minuteMs) * minuteMs - overMs).toISOString();
      const rows = await client.readUsage({ since, ...(namespace === '' ? {} : { namespace }) });
      return rows
        .filter(({ calls }) => calls > 0)
        .toSorted((a, b) => b.calls - a.calls)
        .slice(0, mostShown);
    },
    refetchInterval: againMs,
  });
  return (
    <section className="min-w-0">
      <h2 className="mb-2">Busiest, 15 min</h2>
      <Loaded query={query} what="the numbers">
        {(busy) =>
          busy.length === 0 ? (
            <p className="panel p-4 text-muted">Nobody was called.</p>
          ) : (
            <ul className="panel divide-y divide-line">
              {busy.map(({ name = '', namespace: place, calls }) => (
                <li key={`${name} ${place}`} className="flex gap-3 px-4 py-2.5">
                  <Link
                    href={functionPath({ name, namespace: place })}
                    className="min-w-0 grow truncate font-medium text-strong hover:underline"
                  >
                    {name}
                  </Link>
                  <span className="whitespace-nowrap text-muted">
                    {compact(calls)} {calls === 1 ? 'call' : 'calls'}
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}
