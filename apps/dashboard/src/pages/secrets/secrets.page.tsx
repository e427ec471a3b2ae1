import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { FunctionStatus } from '@wherry/wire/function-status';
import type { SecretStatus } from '@wherry/wire/secrets';
import { useState } from 'react';
import { Link } from 'wouter';
import { useSession } from '../../current-session.ts';
import { PageHead } from '../../frame.tsx';
import { useFunctions, useNamespace, useNamespaces } from '../../functions.ts';
import { useKeys } from '../../keys.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { ExportMenu } from '../../parts/export-menu.tsx';
import { ShowCommand } from '../../parts/show-command.tsx';
import { Empty } from '../../parts/states.tsx';
import { When } from '../../parts/when.tsx';
import { functionPath } from '../../paths.ts';
import { shellWord } from '../../words.ts';
import { SecretDialog, type SecretAsked } from './secret-dialog.tsx';

/** Names of secrets, and who reads them; values go in and never come out. */
export default function SecretsPage() {
  const { client } = useSession();
  const queries = useQueryClient();
  const [namespace] = useNamespace();
  const namespaces = useNamespaces();
  const functions = useFunctions(namespace);
  const [asked, setAsked] = useState<SecretAsked>();
  const query = useQuery({
    queryKey: ['secrets', namespace],
    queryFn: async () => {
      const places = namespace === '' ? await client.listNamespaces() : [namespace];
      return (await Promise.all(places.map((place) => client.listSecrets(place)))).flat();
    },
  });
  const add = (): void => setAsked({ how: 'add' });
  useKeys({ make: add });
  const users = usersOf(functions.data ?? []);
  return (
    <>
      <PageHead title="Secrets">
        <button type="button" className="button first" onClick={add}>
          Add a secret
        </button>
        <ExportMenu table="secrets" query={{ namespace }} />
        <ShowCommand
          command={`wherry secret list${namespace === '' ? '' : ` -n ${shellWord(namespace)}`}`}
          path={`/system/secrets${namespace === '' ? '' : `?namespace=${encodeURIComponent(namespace)}`}`}
        />
      </PageHead>
      <Loaded query={query} what="the secrets">
        {(all) =>
          all.length === 0 ? (
            <Empty
              title="There are no secrets"
              command="npx wherry secret create api-key --from-file key.txt"
            >
              What a function must know and nobody may read: keys, passwords, tokens.
            </Empty>
          ) : (
            <DataTable
              label="Secrets"
              rows={all}
              keyOf={keyOf}
              columns={columns(users, setAsked)}
              keys={{
                act: (one) => setAsked({ how: 'rotate', of: one }),
                remove: (one) => setAsked({ how: 'remove', of: one }),
              }}
            />
          )
        }
      </Loaded>
      {asked !== undefined && (
        <SecretDialog
          asked={asked}
          namespaces={namespaces}
          namespace={namespace}
          users={asked.how === 'add' ? [] : (users.get(keyOf(asked.of)) ?? [])}
          done={() => void queries.invalidateQueries({ queryKey: ['secrets'] })}
          close={() => setAsked(undefined)}
        />
      )}
    </>
  );
}

const keyOf = ({ name, namespace }: { name: string; namespace: string }): string => `${name} ${namespace}`;

function usersOf(functions: readonly FunctionStatus[]): ReadonlyMap<string, readonly FunctionStatus[]> {
  const users = new Map<string, FunctionStatus[]>();
  for (const fn of functions)
    for (const name of fn.secrets ?? []) {
      const key = keyOf({ name, namespace: fn.namespace });
      users.set(key, [...(users.get(key) ?? []), fn]);
    }
  return users;
}

const columns = (
  users: ReadonlyMap<string, readonly FunctionStatus[]>,
  ask: (asked: SecretAsked) => void,
): readonly Column<SecretStatus>[] => [
  {
    head: 'Name',
    width: 'minmax(0,1.5fr)',
    narrow: 'minmax(0,1fr)',
    cell: ({ name, readable }) => (
      <>
        <span className="font-medium text-strong">{name}</span>
        {!readable && <span className="text-bad"> ■ its key is lost</span>}
      </>
    ),
  },
  { head: 'Namespace', width: 'minmax(0,1fr)', cell: ({ namespace }) => namespace },
  {
    head: 'Used by',
    width: 'minmax(0,2fr)',
    cell: (secret) => {
      const found = users.get(keyOf(secret)) ?? [];
      if (found.length === 0) return <span className="text-muted">nobody</span>;
      return found.map((fn, i) => (
        <span key={fn.name}>
          {i > 0 && ', '}
          <Link href={functionPath(fn)} className="hover:underline">
            {fn.name}
          </Link>
        </span>
      ));
    },
  },
  { head: 'Changed', width: '7rem', right: true, cell: ({ updatedAt }) => <When time={updatedAt} /> },
  {
    head: 'Do',
    width: '12rem',
    narrow: '11rem',
    right: true,
    cell: (of) => (
      <span className="inline-flex gap-2">
        <button type="button" className="button small" onClick={() => ask({ how: 'rotate', of })}>
          Rotate<span className="sr-only"> {of.name}</span>
        </button>
        <button type="button" className="button small" onClick={() => ask({ how: 'remove', of })}>
          Remove<span className="sr-only"> {of.name}</span>
        </button>
      </span>
    ),
  },
];
