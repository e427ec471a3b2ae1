import { useQuery } from '@tanstack/react-query';
import type { FunctionDeployment } from '@wherry/wire/deployment';
import type { StoreItem, StoreOrder } from '@wherry/wire/store';
import { type FormEvent, useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import { useSession } from '../../current-session.ts';
import { PageHead } from '../../frame.tsx';
import { useNamespace, useNamespaces } from '../../functions.ts';
import { Facts } from '../../parts/facts.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { ShowCommand } from '../../parts/show-command.tsx';
import { Failure } from '../../parts/states.tsx';
import { functionPath } from '../../paths.ts';
import { bytes, shellWord } from '../../words.ts';
import { asks } from './store-asks.ts';

/** Starting a version proves it, and may take as long as this. */
const provingMs = 120_000;

/** One entry of the store, and what deploys it. */
export default function StoreItemPage() {
  const { name } = useParams<{ name: string }>();
  const { client } = useSession();
  const query = useQuery({ queryKey: ['store', name], queryFn: () => client.readStoreItem(name) });
  return (
    <>
      <p className="mb-2">
        <Link href="/store" className="text-accent hover:underline">
          ← Store
        </Link>
      </p>
      <PageHead title={query.data?.title ?? name}>
        <ShowCommand
          command={`wherry store deploy ${shellWord(name)}`}
          path={`/system/store/${encodeURIComponent(name)}`}
        />
      </PageHead>
      <Loaded query={query} what="the entry">
        {(item) => (
          <div className="grid gap-5 lg:grid-cols-2">
            <section className="panel h-fit space-y-4 p-4">
              <p className="break-words text-strong">{item.description}</p>
              <Facts
                of={[
                  ['Name', item.name],
                  ...(item.author === undefined ? [] : ([['By', item.author]] as const)),
                  ...(item.repo_url === undefined ? [] : ([['Source', item.repo_url]] as const)),
                  ['Asks for', asks(item).replace(/^asks for /, '')],
                  ...(item.bytes === undefined ? [] : ([['Size', bytes(item.bytes)]] as const)),
                  ...Object.entries(item.images).map(
                    ([machine, image]): readonly [string, React.ReactNode] => [
                      machine,
                      <code key="image" className="font-mono text-[13px] break-all">
                        {image}
                      </code>,
                    ],
                  ),
                  ...(item.digest === undefined
                    ? []
                    : ([['SHA-256', <Digest key="digest" of={item.digest} />]] as const)),
                ]}
              />
              {item.example !== undefined && <Example of={item.example} />}
            </section>
            <Deploy item={item} />
          </div>
        )}
      </Loaded>
    </>
  );
}

const Digest = ({ of }: { of: string }) => <code className="font-mono text-xs break-all">{of}</code>;

function Example({ of }: { of: NonNullable<StoreItem['example']> }) {
  return (
    <div>
      <h2>For example</h2>
      <pre
        tabIndex={0}
        aria-label="Example"
        className="mt-1 max-h-40 overflow-auto rounded-md bg-surface-2 p-3 font-mono text-[13px] break-all whitespace-pre-wrap text-strong"
      >
        {`${of.method ?? 'POST'} ${of.path ?? '/'}\n${of.body ?? ''}`}
      </pre>
      {of.answers !== undefined && <p className="mt-1 break-words text-muted">answers {of.answers}</p>}
    </div>
  );
}

type Phase = 'asked' | 'fetching' | 'starting';

/** Fetches, deploys, and goes on to where it is called, with the example filled in. */
function Deploy({ item }: { item: StoreItem }) {
  const { client } = useSession();
  const [, go] = useLocation();
  const [usual] = useNamespace();
  const namespaces = useNamespaces();
  const [phase, setPhase] = useState<Phase>('asked');
  const [error, setError] = useState<unknown>();
  const deploy = async (form: FormData): Promise<void> => {
    const of = { name: String(form.get('name')), namespace: String(form.get('namespace')) };
    setError(undefined);
    try {
      setPhase('fetching');
      const order = await client.orderStoreItem(item.name);
      setPhase('starting');
      await client.deployFunction(requestOf(order, of), provingMs);
      go(functionPath(of, 'invoke'), { state: { asked: exampleOf(item) } });
    } catch (thrown) {
      setError(thrown);
      setPhase('asked');
    }
  };
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    void deploy(new FormData(event.currentTarget));
  };
  const busy = phase !== 'asked';
  return (
    <form onSubmit={submit} aria-label="Deploy" className="panel h-fit space-y-4 p-4">
      <label className="block">
        <span className="text-strong">Name of the function</span>
        <input
          name="name"
          className="field mt-1 w-full"
          defaultValue={item.name}
          required
          pattern="[a-z0-9]([a-z0-9\-]{0,61}[a-z0-9])?"
          title="1 to 63 of a-z, 0-9 and “-”, with a letter or digit at both ends"
          autoComplete="off"
          spellCheck={false}
        />
      </label>
      <label className="block">
        <span className="text-strong">Namespace</span>
        <select
          key={namespaces.join(' ')}
          name="namespace"
          className="field mt-1 w-full"
          defaultValue={usual || namespaces[0]}
        >
          {namespaces.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      <p
        className={
          item.permissions.network === 'none' && item.permissions.secrets.length === 0 ? '' : 'text-warn'
        }
      >
        It {asks(item)}.
      </p>
      <p role="status" className="text-muted">
        {phase === 'fetching' && '◐ Fetching and checking what it needs'}
        {phase === 'starting' && '◐ Starting it, to see that it does'}
      </p>
      {error !== undefined && <Failure error={error} />}
      <button type="submit" className="button first w-full" disabled={busy || namespaces.length === 0}>
        {busy ? 'Deploying …' : `Deploy ${item.title}`}
      </button>
    </form>
  );
}

function exampleOf({ example }: StoreItem): object {
  if (example === undefined) return {};
  const { body = '', method = 'POST', path = '/', contentType } = example;
  return { body, method, path, headers: contentType === undefined ? '' : `Content-Type: ${contentType}` };
}

/** What it asks for it gets: whoever deploys it has read that. */
function requestOf({ image, item }: StoreOrder, of: { name: string; namespace: string }): FunctionDeployment {
  const { network, secrets } = item.permissions;
  const annotations = {
    ...item.annotations,
    ...(network === 'none' ? {} : { 'com.wherry.network': network }),
  };
  return {
    ...{ service: of.name, namespace: of.namespace, image },
    ...{ envVars: item.environment, labels: item.labels, annotations, secrets },
    ...(item.fprocess === undefined ? {} : { envProcess: item.fprocess }),
    ...(item.readOnlyRootFilesystem === true ? { readOnlyRootFilesystem: true } : {}),
  };
}
