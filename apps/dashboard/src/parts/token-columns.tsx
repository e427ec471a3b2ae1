import type { TokenInfo } from '@wherry/wire/tokens';
import { until } from '../words.ts';
import type { Column } from './data-table.tsx';
import { When } from './when.tsx';

/** What every list of tokens ends with: which functions they are for, their times, and a way to revoke them. */
export const tokenColumns = <T extends TokenInfo>(revoke: (token: T) => void): readonly Column<T>[] => [
  {
    head: 'For',
    width: 'minmax(0,1fr)',
    cell: ({ functions }) => <code className="font-mono text-[13px]">{functions}</code>,
  },
  { head: 'Made', width: '7rem', cell: ({ createdAt }) => <When time={createdAt} /> },
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
