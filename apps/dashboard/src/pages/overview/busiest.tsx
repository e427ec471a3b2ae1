import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { useSession } from '../../current-session.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { functionPath } from '../../paths.ts';
import { compact } from '../../words.ts';
import { ofNamespace } from '../explore/selectors.ts';

const mostShown = 6;
const againMs = 15_000;

/** Who was called most in the last quarter of an hour. */
export function Busiest({ namespace }: { namespace: string }) {
  const { client } = useSession();
  const text = `sum by (function_name) (increase(gateway_function_invocation_total${ofNamespace(namespace)()}[15m]))`;
  const query = useQuery({
    queryKey: ['metrics', text],
    queryFn: async () => {
      const { result } = await client.query({ query: text });
      return (result as readonly { metric: Record<string, string>; value: readonly [number, string] }[])
        .map(({ metric, value }) => ({
          of: nameIn(metric['function_name'] ?? ''),
          calls: Number(value[1]),
        }))
        .filter(({ calls }) => calls >= 0.5)
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
              {busy.map(({ of, calls }) =>
                of === undefined ? null : (
                  <li key={`${of.name} ${of.namespace}`} className="flex gap-3 px-4 py-2.5">
                    <Link
                      href={functionPath(of)}
                      className="min-w-0 grow truncate font-medium text-strong hover:underline"
                    >
                      {of.name}
                    </Link>
                    <span className="whitespace-nowrap text-muted">{compact(Math.round(calls))} calls</span>
                  </li>
                ),
              )}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}

/** `NAME.NAMESPACE`; undefined for what is no function's. */
function nameIn(full: string): { name: string; namespace: string } | undefined {
  const dot = full.lastIndexOf('.');
  return dot < 1 ? undefined : { name: full.slice(0, dot), namespace: full.slice(dot + 1) };
}
