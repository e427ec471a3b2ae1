import { useQuery } from '@tanstack/react-query';
import type { TokenInfo } from '@wherry/wire/tokens';
import { useSession } from '../current-session.ts';
import { until } from '../words.ts';
import type { Column } from './data-table.tsx';
import { When } from './when.tsx';

/** When a token was last used is told by no event. */
const againMs = 5_000;

/** All tokens, those of addresses among them, kept in step with their uses. */
export function useTokens() {
  const { client } = useSession();
  return useQuery({
    queryKey: ['tokens'],
    queryFn: () => client.listTokens(),
    refetchInterval: againMs,
  });
}

/** What every list of tokens ends with: which functions they are for, when they were made, last used and end, and a way to revoke them. */
export const tokenColumns = <T extends TokenInfo>(revoke: (token: T) => void): readonly Column<T>[] => [
  {
    head: 'For',
    width: 'minmax(0,1fr)',
    cell: ({ functions }) => <code className="font-mono text-[13px]">{functions}</code>,
  },
  { head: 'Made', width: '7rem', cell: ({ createdAt }) => <When time={createdAt} /> },
  {
    head: 'Last used',
    width: '7rem',
    cell: ({ lastUsedAt }) =>
      lastUsedAt === undefined ? <span className="text-muted">never</span> : <When time={lastUsedAt} />,
  },
  {
    head: 'Ends',
    width: '7rem',
    cell: ({ expiresAt }) =>
      expiresAt === undefined ? (
        <span className="text-muted">never</span>
      ) : (
        <time dateTime={expiresAt} title={new Date(expiresAt).toString()}>
          {Date.parse(expiresAt) < Date.now() ? 'has ended' : until(expiresAt)}
        </time>
      ),
  },
  {
    head: 'Do',
    width: '6.5rem',
    narrow: '5.5rem',
    right: true,
    cell: (token) => (
      <button type="button" className="button small" onClick={() => revoke(token)}>
        Revoke<span className="sr-only"> {token.name}</span>
      </button>
    ),
  },
];
