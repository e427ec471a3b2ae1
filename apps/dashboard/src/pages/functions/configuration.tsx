import { useQuery } from '@tanstack/react-query';
import type { FunctionState } from '@wherry/wire/function-state';
import { FileCode2, SlidersHorizontal } from 'lucide-react';
import { lazy, type ReactNode, Suspense } from 'react';
import { useSession } from '../../current-session.ts';
import { Failure, Skeleton } from '../../parts/states.tsx';
import { useQueryText } from '../../query-text.ts';
import { bytes, duration } from '../../words.ts';
import { ConfigurationForm } from './configuration-form.tsx';
import { deploymentOf } from '../deploy/deployment.ts';

const ConfigurationText = lazy(() => import('./configuration-text.tsx'));

/** What a function is made of and may use; and, after a look at what would change, something else. */
export default function Configuration({ state }: { state: FunctionState }) {
  const { client } = useSession();
  const { name, namespace } = state;
  const [edit, setEdit] = useQueryText('edit');
  const { data, error, refetch } = useQuery({
    queryKey: ['function', namespace, name],
    queryFn: () => client.readFunction({ name, namespace }),
  });
  if (data === undefined)
    return error === null ? (
      <Skeleton what="the configuration" />
    ) : (
      <Failure error={error} retry={() => void refetch()} />
    );
  const deployment = deploymentOf(data);
  const close = (): void => {
    setEdit('');
    void refetch();
  };
  if (edit === 'form') return <ConfigurationForm before={deployment} close={close} />;
  if (edit === 'yaml')
    return (
      <Suspense fallback={<Skeleton what="the editor" />}>
        <ConfigurationText before={deployment} close={close} />
      </Suspense>
    );
  const { policy } = state;
  return (
    <div className="space-y-4">
      <div className="flex flex-wrap gap-2">
        <button type="button" className="button" onClick={() => setEdit('form')}>
          <SlidersHorizontal size={16} aria-hidden /> Edit
        </button>
        <button type="button" className="button" onClick={() => setEdit('yaml')}>
          <FileCode2 size={16} aria-hidden /> As stack.yaml
        </button>
      </div>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Group title="Code">
          <Fact name="Image">{data.image}</Fact>
          {data.envProcess !== undefined && <Fact name="Command">{data.envProcess}</Fact>}
          <Fact name="Version">{state.version}</Fact>
        </Group>
        <Group title="Resources of an instance">
          <Fact name="Memory">{bytes(policy.memoryBytes)}</Fact>
          <Fact name="Processors">{policy.cpus ?? 'no limit'}</Fact>
          <Fact name="Processes">{policy.processes}</Fact>
          <Fact name="Scratch">{bytes(policy.scratchBytes)}</Fact>
          <Fact name="Calls at once">{policy.concurrency ?? 'as its signature says'}</Fact>
        </Group>
        <Group title="Scaling">
          <Fact name="Kept awake">{policy.min}</Fact>
          <Fact name="At least, when awake">{policy.least}</Fact>
          <Fact name="At most">{policy.max}</Fact>
          <Fact name="Sleeps after">{duration(policy.idleMs)}</Fact>
        </Group>
        <Group title="Timeouts and access">
          <Fact name="Deadline of a call">{duration(policy.deadlineMs)}</Fact>
          <Fact name="Network">{policy.network}</Fact>
          <Fact name="Visibility">
            {policy.visibility === 'default' ? 'as the gateway says' : policy.visibility}
          </Fact>
        </Group>
        <Pairs title="Environment" pairs={deployment.envVars ?? {}} />
        <Group title="Secrets" none={(deployment.secrets ?? []).length === 0}>
          {(deployment.secrets ?? []).map((secret) => (
            <Fact key={secret} name={secret}>
              /var/openfaas/secrets/{secret}
            </Fact>
          ))}
        </Group>
        <Pairs title="Labels" pairs={deployment.labels ?? {}} />
        <Pairs title="Annotations" pairs={deployment.annotations ?? {}} />
      </div>
    </div>
  );
}

function Pairs({ title, pairs }: { title: string; pairs: Readonly<Record<string, string>> }) {
  const all = Object.entries(pairs);
  return (
    <Group title={title} none={all.length === 0}>
      {all.map(([name, value]) => (
        <Fact key={name} name={name}>
          {value}
        </Fact>
      ))}
    </Group>
  );
}

function Group({ title, none = false, children }: { title: string; none?: boolean; children: ReactNode }) {
  return (
    <section className="panel p-4">
      <h2 className="mb-2">{title}</h2>
      {none ? (
        <p className="text-muted">None</p>
      ) : (
        <dl className="grid grid-cols-[minmax(8rem,auto)_1fr] gap-x-5 gap-y-1">{children}</dl>
      )}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="contents">
      <dt className="break-all text-muted">{name}</dt>
      <dd className="font-mono text-[13px] break-all whitespace-pre-wrap text-strong">{children}</dd>
    </div>
  );
}
