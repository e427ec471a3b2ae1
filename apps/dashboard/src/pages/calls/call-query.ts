import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { Call } from '@wherry/wire/calls';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useSession } from '../../current-session.ts';
import { appended, callKey, joined, type Known } from './known-calls.ts';

export interface Of {
  readonly name: string;
  readonly namespace: string;
}

export interface CallPages {
  readonly query: UseQueryResult<readonly Call[]>;
  /** Newest first. */
  readonly calls: readonly Call[];
  /** Fetches further back; undefined where there is nothing further. */
  readonly more: (() => void) | undefined;
}

/** The calls of one function or of all, as far back as somebody scrolled. Only the newest are asked for again as calls end. */
export function useCalls(of: Of | undefined, most: number, trace = ''): CallPages {
  const { client } = useSession();
  const { name, namespace } = of ?? { name: '', namespace: '' };
  const whose = `${namespace} ${name} ${trace}`;
  const [known, setKnown] = useState<Known>({ whose, calls: [], ended: false });
  const { calls, ended } = known.whose === whose ? known : { calls: [], ended: false };
  const asking = useRef(false);
  const target = useMemo(
    () => ({
      ...(name === '' ? {} : { function: name, namespace }),
      ...(trace === '' ? {} : { trace }),
    }),
    [name, namespace, trace],
  );
  const query = useQuery({
    queryKey: ['calls', namespace, name, most, trace],
    queryFn: () => client.listCalls({ limit: most, ...target }),
    placeholderData: keepPreviousData,
  });
  // While another list is fetched the one before stands, so that who types a filter keeps the field.
  const data = query.isPlaceholderData ? undefined : query.data;
  useEffect(() => {
    if (data === undefined) return;
    setKnown((before) =>
      before.whose === whose ? joined(before, data, most) : { whose, calls: data, ended: false },
    );
  }, [data, most, whose]);
  const last = calls.at(-1);
  const more = useCallback(() => {
    if (asking.current || last === undefined) return;
    asking.current = true;
    client
      .listCalls({
        limit: most,
        before: last.id,
        beforeStart: last.startedAt,
        ...target,
      })
      .then((older) => {
        setKnown((before) => (before.whose === whose ? appended(before, older, last, most) : before));
      })
      // Asked again by the next scroll; that the gateway does not answer stands above the page.
      .catch(() => undefined)
      .finally(() => (asking.current = false));
  }, [client, last, most, target, whose]);
  const whole = ended || (data !== undefined && data.length < most);
  return { query, calls, more: whole ? undefined : more };
}

/** One call by its key or its id alone: also one that is further back than the list goes. */
export function useCall(key: string, known: readonly Call[]): Call | undefined {
  const { client } = useSession();
  const here = known.find((call) => callKey(call) === key || call.id === key);
  const [id = ''] = key.split(' ');
  const { data } = useQuery({
    queryKey: ['calls', 'one', id],
    queryFn: () => client.listCalls({ id, limit: 100 }),
    enabled: id !== '' && here === undefined,
  });
  return here ?? data?.find((call) => callKey(call) === key) ?? data?.[0];
}
