import { useQueryClient } from '@tanstack/react-query';
import type { NewLink, TokenInfo } from '@wherry/wire/tokens';
import { type ReactNode, useState } from 'react';
import { useSession } from '../../current-session.ts';
import { PageHead } from '../../frame.tsx';
import { useKeys } from '../../keys.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { useTell } from '../../parts/notice.tsx';
import { ShowCommand } from '../../parts/show-command.tsx';
import { Empty } from '../../parts/states.tsx';
import { tokenColumns, useTokens } from '../../parts/token-columns.tsx';
import { useQueryText } from '../../query-text.ts';
import { LinkFields, linkWish, NewAddress } from './link-fields.tsx';

type Link = TokenInfo & Required<Pick<TokenInfo, 'link'>>;

/** Addresses of tables that spreadsheets refresh. Each is shown once, when it is made. */
export function Links({ tabs }: { tabs: ReactNode }) {
  const { client } = useSession();
  const queries = useQueryClient();
  const tell = useTell();
  const [making, setMaking] = useQueryText('make');
  const [revoking, setRevoking] = useState<Link>();
  const [made, setMade] = useState<NewLink>();
  const query = useTokens();
  const make = (): void => setMaking('calls');
  useKeys({ make });
  const changed = (): Promise<void> => queries.invalidateQueries({ queryKey: ['tokens'] });
  return (
    <>
      <PageHead title="Reports">
        <button type="button" className="button first" onClick={make}>
          Make a link
        </button>
        <ShowCommand command="wherry export link usage --every day --since 30d" path="/system/tokens" />
      </PageHead>
      {tabs}
      <p className="mb-3 max-w-3xl text-muted">
        An address of one table with its filters, which Excel and Power BI can refresh. Whoever has it reads
        that table, and nothing else, until it ends.
      </p>
      <Loaded query={query} what="the links">
        {(all) => {
          const links = all.filter((one): one is Link => one.link !== undefined);
          return links.length === 0 ? (
            <Empty
              title="No table has an address of its own"
              command="npx wherry export link usage --every day --since 30d --name finance"
            />
          ) : (
            <DataTable
              label="Links"
              rows={links}
              keyOf={({ name }) => name}
              columns={columns(setRevoking)}
              keys={{ remove: setRevoking }}
            />
          );
        }}
      </Loaded>
      {making !== '' && (
        <Confirm
          title="Make a link"
          verb="Make"
          act={async (form) => {
            const { table, query: filters, request } = linkWish(form);
            const link = await client.createExportLink(table, filters, request);
            setMaking('');
            setMade(link);
            await changed();
          }}
          close={() => setMaking('')}
        >
          <LinkFields table={making} />
        </Confirm>
      )}
      {made !== undefined && <NewAddress made={made} close={() => setMade(undefined)} />}
      {revoking !== undefined && (
        <Confirm
          title={`Revoke ${revoking.name}?`}
          verb="Revoke"
          bad
          act={async () => {
            await client.deleteToken(revoking.name);
            tell(`${revoking.name} is revoked.`);
            await changed();
          }}
          close={() => setRevoking(undefined)}
        >
          <p>What refreshes its table by this address gets nothing any more.</p>
        </Confirm>
      )}
    </>
  );
}

const columns = (revoke: (link: Link) => void): readonly Column<Link>[] => [
  {
    head: 'Name',
    width: 'minmax(0,1fr)',
    narrow: 'minmax(0,1fr)',
    cell: ({ name }) => <span className="font-medium text-strong">{name}</span>,
  },
  { head: 'Table', width: '6rem', narrow: '5rem', cell: ({ link: { table } }) => table },
  {
    head: 'Filters',
    width: 'minmax(0,1.5fr)',
    cell: ({ link }) => (
      <code className="font-mono text-[13px]">
        {new URLSearchParams(link.query).toString().replaceAll('&', ' ')}
      </code>
    ),
  },
  ...tokenColumns(revoke),
];
