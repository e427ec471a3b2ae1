import { useInfiniteQuery } from '@tanstack/react-query';
import type { Call } from '@wherry/wire/calls';
import { useSession } from '../current-session.ts';

export interface Of {
  readonly name: string;
  readonly namespace: string;
}

/** The calls of one function or of all, newest first, as far back as somebody scrolls. */
export function useCalls(of: Of | undefined, most: number) {
  const { client } = useSession();
  return useInfiniteQuery({
    queryKey: ['calls', of?.namespace ?? '', of?.name ?? '', most],
    queryFn: ({ pageParam: until }) =>
      client.listCalls({
        limit: most,
        ...(until === '' ? {} : { until }),
        ...(of === undefined ? {} : { function: of.name, namespace: of.namespace }),
      }),
    initialPageParam: '',
    getNextPageParam: (last) => (last.length < most ? undefined : last.at(-1)?.startedAt),
    select: ({ pages }) => once(pages.flat()),
  });
}

/** Pages touch at a moment, and both hold what began in it. */
const once = (calls: readonly Call[]): readonly Call[] => [
  ...new Map(calls.map((call) => [call.id, call])).values(),
];
