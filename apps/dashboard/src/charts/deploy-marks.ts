import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useSession } from '../current-session.ts';
import type { Mark } from './chart.tsx';

/** When the versions of a function that are still kept were deployed. */
export function useDeployMarks(of: { name: string; namespace: string }): readonly Mark[] {
  const { client } = useSession();
  const { data } = useQuery({
    queryKey: ['versions', of.namespace, of.name],
    queryFn: () => client.listVersions(of),
    refetchInterval: 30_000,
  });
  return useMemo(
    () =>
      data?.versions.map(({ version, createdAt }) => ({ at: Date.parse(createdAt), word: `v${version}` })) ??
      [],
    [data],
  );
}
