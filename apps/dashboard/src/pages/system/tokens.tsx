import { useQueryClient } from '@tanstack/react-query';
import type { NewToken, TokenInfo } from '@wherry/wire/tokens';
import { useState } from 'react';
import { useSession } from '../../current-session.ts';
import { useKeys } from '../../keys.ts';
import { Confirm, Field } from '../../parts/confirm.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Modal } from '../../parts/modal.tsx';
import { useTell } from '../../parts/notice.tsx';
import { CommandLine } from '../../parts/states.tsx';
import { tokenColumns, useTokens } from '../../parts/token-columns.tsx';

const scopes = ['read', 'invoke', 'deploy', 'secrets', 'admin'] as const;
const lifetimes = [
  ['3600', '1 hour'],
  ['86400', '1 day'],
  ['2592000', '30 days'],
  ['31622400', '1 year'],
  ['', 'no end'],
] as const;

/** Who may do what. A token is shown once, when it is made. */
export function Tokens() {
  const { client } = useSession();
  const queries = useQueryClient();
  const tell = useTell();
  const query = useTokens();
  const [asked, setAsked] = useState<'make' | TokenInfo>();
  const [made, setMade] = useState<NewToken>();
  const make = (): void => setAsked('make');
  useKeys({ make });
  const changed = (): Promise<void> => queries.invalidateQueries({ queryKey: ['tokens'] });
  return (
    <>
      <p className="mb-3">
        <button type="button" className="button first" onClick={make}>
          Make a token
        </button>
        <span className="ml-3 text-muted">
          The admin token of the first start is not in this list. Uses are noted to the hour.
        </span>
      </p>
      <Loaded query={query} what="the tokens">
        {(all) => (
          <DataTable
            label="Tokens"
            rows={all}
            keyOf={({ name }) => name}
            columns={columns(setAsked)}
            keys={{ remove: setAsked }}
          />
        )}
      </Loaded>
      {asked === 'make' && (
        <Confirm
          title="Make a token"
          verb="Make"
          act={(form) =>
            client.createToken(requestIn(form)).then((token) => {
              setMade(token);
              return changed();
            })
          }
          close={() => setAsked(undefined)}
        >
          <Fields />
        </Confirm>
      )}
      {asked !== undefined && asked !== 'make' && (
        <Confirm
          title={`Revoke ${asked.name}?`}
          verb={`Revoke ${asked.name}`}
          bad
          act={() =>
            client.deleteToken(asked.name).then(() => {
              tell(`${asked.name} is worthless now.`);
              return changed();
            })
          }
          close={() => setAsked(undefined)}
        >
          <p>Whoever uses it is refused from now on.</p>
        </Confirm>
      )}
      {made !== undefined && (
        <Modal title={`The token ${made.name}`} close={() => setMade(undefined)}>
          <div className="p-5">
            <h2 className="text-[16px]">The token {made.name}</h2>
            <p className="mt-2">It is shown now and never again.</p>
            <CommandLine text={made.token} />
            <button type="button" className="button mt-5" onClick={() => setMade(undefined)}>
              Done
            </button>
          </div>
        </Modal>
      )}
    </>
  );
}

function Fields() {
  return (
    <>
      <Field
        name="name"
        label="Name"
        hint="What it is for: a-z, 0-9 and “-”"
        required
        autoFocus
        maxLength={63}
      />
      <fieldset>
        <legend className="text-strong">It may</legend>
        {scopes.map((scope) => (
          <label key={scope} className="mr-4 inline-flex min-h-6 items-center gap-2">
            <input
              type="checkbox"
              name="scopes"
              value={scope}
              className="size-4 accent-accent"
              defaultChecked={scope === 'read'}
            />
            {scope}
          </label>
        ))}
      </fieldset>
      <Field
        name="functions"
        label="For functions"
        defaultValue="*"
        hint="*, NAME, NAMESPACE/NAME, or either with * at its end"
        required
      />
      <label className="block">
        <span className="text-strong">It ends after</span>
        <select name="lifetime" className="field mt-1 w-full" defaultValue="2592000">
          {lifetimes.map(([seconds, word]) => (
            <option key={seconds} value={seconds}>
              {word}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}

function requestIn(form: FormData) {
  const lifetime = String(form.get('lifetime') ?? '');
  return {
    name: String(form.get('name') ?? ''),
    scopes: form.getAll('scopes') as (typeof scopes)[number][],
    functions: String(form.get('functions') ?? ''),
    ...(lifetime === '' ? {} : { expiresInSeconds: Number(lifetime) }),
  };
}

const columns = (ask: (token: TokenInfo) => void): readonly Column<TokenInfo>[] => [
  {
    head: 'Name',
    width: 'minmax(0,1.5fr)',
    narrow: 'minmax(0,1fr)',
    cell: ({ name }) => <span className="font-medium text-strong">{name}</span>,
  },
  {
    head: 'May',
    width: 'minmax(0,1.5fr)',
    narrow: 'minmax(0,1fr)',
    cell: ({ scopes: may }) => may.join(', '),
  },
  ...tokenColumns(ask),
];
