import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Failure, Skeleton } from './states.tsx';

/** What was asked for once it is there; until then that it is waited for, or why it is not. */
export function Loaded<T>({
  query,
  what,
  children,
}: {
  query: Pick<UseQueryResult<T>, 'data' | 'error' | 'refetch'>;
  what: string;
  children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  return query.error === null ? (
    <Skeleton what={what} />
  ) : (
    <Failure error={query.error} retry={() => void query.refetch()} />
  );
}
