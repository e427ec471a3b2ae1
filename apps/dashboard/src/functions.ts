import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { FunctionStatus } from '@wherry/wire/function-status';
import { useSession } from './current-session.ts';
import { useQueryText } from './query-text.ts';

/** Events tell what changes; this is for what has none, such as a start that takes long. */
const slowMs = 15_000;

/** The namespace that is looked at; empty means all of them. */
export const useNamespace = (): readonly [string, (value: string) => void] => useQueryText('namespace');

export function useNamespaces(): readonly string[] {
  const { client } = useSession();
  const { data = [] } = useQuery({ queryKey: ['namespaces'], queryFn: () => client.listNamespaces() });
  return data;
}

/** The functions of a namespace, or of all. */
export function useFunctions(namespace: string): UseQueryResult<readonly FunctionStatus[]> {
  const { client } = useSession();
  return useQuery({
    queryKey: ['functions', namespace],
    queryFn: async () => {
      const places = namespace === '' ? await client.listNamespaces() : [namespace];
      return (await Promise.all(places.map((place) => client.listFunctions(place)))).flat();
    },
    refetchInterval: slowMs,
  });
}
