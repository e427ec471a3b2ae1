import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { QueuedCall } from '@wherry/wire/queued-calls';
import { useSession } from '../../current-session.ts';

/** What the gateway answers at most; older ones are found by their lane or state. */
export const mostShown = 1_000;

/** Which calls are wanted; empty is any. */
export interface Wanted {
  readonly namespace: string;
  readonly lane: string;
  readonly state: string;
}

/** The newest of them, chosen by the gateway: they may be further back than the newest of all. */
export function useQueued({ namespace, lane, state }: Wanted): UseQueryResult<readonly QueuedCall[]> {
  const { client } = useSession();
  return useQuery({
    queryKey: ['queued', namespace, lane, state],
    queryFn: () =>
      client.listQueued({
        limit: mostShown,
        ...(namespace === '' ? {} : { namespace }),
        ...(lane === '' ? {} : { lane }),
        ...(state === '' ? {} : { state }),
      }),
    // While others are fetched those before stand, so that who chooses keeps the field.
    placeholderData: keepPreviousData,
  });
}

/** Of those that stand meanwhile, only what is wanted: all that is shown can be removed by one press. */
export function isWanted(call: QueuedCall, { namespace, lane, state }: Wanted): boolean {
  return (
    (namespace === '' || call.namespace === namespace) &&
    (lane === '' || call.lane === lane) &&
    (state === '' || call.state === state)
  );
}
