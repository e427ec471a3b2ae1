import { useQuery } from '@tanstack/react-query';
import type { Diagnosis, Note } from '@wherry/wire/diagnosis';
import { useSession } from '../../current-session.ts';
import { Facts } from '../../parts/facts.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { When } from '../../parts/when.tsx';
import { bytes } from '../../words.ts';

const againMs = 5_000;
const mostStored = 12;

const levels = { bad: ['text-bad', '■'], warn: ['text-warn', '▲'], good: ['text-ok', '●'] } as const;

/** What the gateway found out about itself and its machine. */
export function Health() {
  const { client } = useSession();
  const query = useQuery({ queryKey: ['doctor'], queryFn: () => client.doctor(), refetchInterval: againMs });
  return (
    <Loaded query={query} what="the gateway’s word on itself">
      {(all) => (
        <div className="space-y-6">
          <ul className="panel divide-y divide-line" aria-label="What to know">
            {all.notes.map((note) => (
              <Said key={note.text} note={note} />
            ))}
          </ul>
          <Machine of={all} />
          <div className="grid gap-6 lg:grid-cols-2">
            <section className="min-w-0">
              <h2 className="mb-2">Gateway</h2>
              <div className="panel p-4">
                <Facts
                  of={[
                    ['Version', `${all.version.release} (${all.version.sha.slice(0, 12)})`],
                    ['Started', <When key="started" time={all.startedAt} />],
                    ['Node', all.node],
                    ['Machine', all.machine],
                    ...all.listeners.map(
                      ({ name, url, open }) =>
                        [name, `${url}${open ? ', also from elsewhere' : ''}`] as const,
                    ),
                  ]}
                />
              </div>
            </section>
            <section className="min-w-0">
              <h2 className="mb-2">Provider</h2>
              <div className="panel p-4">
                <Facts
                  of={[
                    ['Kind', all.provider.name],
                    ['Isolation', all.provider.isolation],
                    ['Fences', <Fences key="fences" of={all.provider.fences} />],
                    [
                      'Runtimes',
                      all.provider.runtimes.map(({ name, version }) => `${name} ${version}`).join(', '),
                    ],
                  ]}
                />
              </div>
            </section>
          </div>
          <section>
            <h2 className="mb-2">Storage</h2>
            <div className="panel p-4">
              <p className="mb-3 break-all text-muted">{all.paths.map(({ path }) => path).join(', ')}</p>
              <Stored of={all.storage} />
            </div>
          </section>
        </div>
      )}
    </Loaded>
  );
}

function Said({ note: { level, text, remedy } }: { note: Note }) {
  const [tone, shape] = levels[level];
  return (
    <li className="px-4 py-2.5 break-words">
      <span className={tone} aria-hidden>
        {shape}
      </span>
      <span className="sr-only">{level}: </span> {text}
      {remedy !== undefined && <span className="text-muted"> Next: {remedy}.</span>}
    </li>
  );
}

function Machine({ of: { host } }: { of: Diagnosis }) {
  const used = host.memoryBytes - host.availableBytes;
  return (
    <ul className="grid grid-cols-4 gap-4 max-lg:grid-cols-2">
      <Gauge
        name="Processor"
        share={host.load / host.cpus}
        value={`load ${host.load.toFixed(1)}`}
        says={`on ${host.cpus} ${host.cpus === 1 ? 'processor' : 'processors'}, over one minute`}
      />
      <Gauge
        name="Memory"
        share={used / host.memoryBytes}
        says={`${bytes(host.availableBytes)} of ${bytes(host.memoryBytes)} left`}
      />
      {host.diskBytes !== undefined && host.diskFreeBytes !== undefined ? (
        <Gauge
          name="Disk"
          share={1 - host.diskFreeBytes / host.diskBytes}
          says={`${bytes(host.diskFreeBytes)} of ${bytes(host.diskBytes)} left`}
        />
      ) : (
        <Gauge name="Disk" share={0} says="this machine does not tell" />
      )}
      <Gauge
        name="Gateway"
        share={host.gatewayBytes / host.memoryBytes}
        says={`holds ${bytes(host.gatewayBytes)}`}
      />
    </ul>
  );
}

/** From here on a machine is nearly full. */
const full = 0.9;

function Gauge({
  name,
  share,
  says,
  value = `${Math.round(share * 100)} %`,
}: {
  name: string;
  share: number;
  says: string;
  value?: string;
}) {
  const width = `${Math.min(100, Math.max(0, share * 100)).toFixed(1)}%`;
  return (
    <li className="panel min-w-0 p-4">
      <p className="text-xs text-muted">{name}</p>
      <p className="my-1 text-[20px] font-semibold text-strong">
        {share > full && <span className="text-warn">▲ </span>}
        {value}
      </p>
      <div aria-hidden className="h-2 overflow-hidden rounded-full bg-surface-3">
        <div className={`h-full ${share > full ? 'bg-warn' : 'bg-accent'}`} style={{ width }} />
      </div>
      <p className="mt-1.5 text-muted">{says}</p>
    </li>
  );
}

function Fences({ of }: { of: Diagnosis['provider']['fences'] }) {
  return of.map(({ name, present }) => (
    <span key={name} className={`mr-3 inline-block ${present ? '' : 'text-warn'}`}>
      <span aria-hidden>{present ? '●' : '▲'}</span> {name}
      {!present && ' (lacking)'}
    </span>
  ));
}

function Stored({ of }: { of: Diagnosis['storage'] }) {
  const most = of[0]?.bytes ?? 1;
  return (
    <ul className="space-y-1.5">
      {of.slice(0, mostStored).map(({ name, bytes: size }) => (
        <li
          key={name}
          className="grid grid-cols-[minmax(0,14rem)_1fr_6rem] items-center gap-4 max-md:grid-cols-[1fr_6rem]"
        >
          <code className="truncate font-mono text-[13px]">{name}</code>
          <span aria-hidden className="h-2 rounded-full bg-surface-3 max-md:hidden">
            <span
              className="block h-full rounded-full bg-accent"
              style={{ width: `${(size / most) * 100}%` }}
            />
          </span>
          <span className="text-right">{bytes(size)}</span>
        </li>
      ))}
    </ul>
  );
}
