import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { FunctionState } from '@wherry/wire/function-state';
import type { VersionInfo, VersionList } from '@wherry/wire/versions';
import { Fragment } from 'react';
import { useSession } from '../../current-session.ts';
import { StatusChip } from '../../parts/chip.tsx';
import { Failure, Skeleton } from '../../parts/states.tsx';
import { When } from '../../parts/when.tsx';
import { count, duration } from '../../words.ts';
import { Canary } from './canary.tsx';
import { gapText } from './version-gap.ts';

/** A version is started before it takes calls. */
const provingMs = 180_000;
type Act = () => Promise<VersionList>;

/** Every version that is kept: when it came and by whom, what it changed, how it does, and which of the calls it takes. */
export default function Versions({ state }: { state: FunctionState }) {
  const { client } = useSession();
  const queries = useQueryClient();
  const { name, namespace } = state;
  const of = { name, namespace };
  const { data, error, refetch } = useQuery({
    queryKey: ['versions', namespace, name],
    queryFn: () => client.listVersions(of),
    refetchInterval: 5_000,
  });
  const makers = useMakers(of);
  const change = useMutation({
    mutationFn: (act: Act) => act(),
    onSuccess: (list) => {
      queries.setQueryData(['versions', namespace, name], list);
      void queries.invalidateQueries({ queryKey: ['state', namespace, name] });
    },
  });
  if (data === undefined)
    return error === null ? (
      <Skeleton what="the versions" />
    ) : (
      <Failure error={error} retry={() => void refetch()} />
    );
  return (
    <div className="space-y-4">
      {change.error !== null && <Failure error={change.error} />}
      <p role="status" className="sr-only">
        {change.isPending ? 'Changing which version takes calls' : ''}
      </p>
      {data.failedDeploy !== undefined && (
        <p className="panel border-l-4 border-l-warn p-3 break-words">
          ▲ Version {data.failedDeploy.version} did not start, and changed nothing: {data.failedDeploy.reason}
        </p>
      )}
      {data.canary !== undefined && (
        <Canary
          key={data.canary.version}
          list={data}
          busy={change.isPending}
          share={(percent) => change.mutate(() => client.shareCanary(of, { percent }, provingMs))}
          promote={() => change.mutate(() => client.promote(of, provingMs))}
          abort={() => change.mutate(() => client.abort(of))}
        />
      )}
      <ol className="panel divide-y divide-line" aria-label="Versions, newest first">
        {data.versions.map((version, at) => {
          const gap = gapText(data, version.version, data.versions[at + 1]?.version);
          return (
            <Fragment key={version.version}>
              <Version
                version={version}
                maker={makers.get(version.version)}
                busy={change.isPending}
                rollback={() => change.mutate(() => client.rollback(of, provingMs, version.version))}
              />
              {gap !== undefined && <li className="px-4 py-2 text-muted">{gap}</li>}
            </Fragment>
          );
        })}
      </ol>
    </div>
  );
}

const roles: Readonly<Record<VersionInfo['role'], string>> = {
  live: 'live',
  canary: 'being tried',
  kept: 'kept',
  withdrawn: 'withdrawn',
};

function Version({
  version,
  maker,
  busy,
  rollback,
}: {
  version: VersionInfo;
  maker: string | undefined;
  busy: boolean;
  rollback: () => void;
}) {
  const { role, changes, calls, failures, meanMs } = version;
  return (
    <li className="flex flex-wrap items-start gap-x-5 gap-y-1 px-4 py-3">
      <span className="w-28 shrink-0">
        <span className="font-semibold text-strong">Version {version.version}</span>
        <span className="block text-muted">
          {roles[role]}
          {version.percent > 0 && `, ${version.percent} %`}
        </span>
      </span>
      <span className="min-w-0 grow basis-64">
        <span className="block break-words">
          {version.against === undefined ? 'The first that is kept' : changeText(changes)}
        </span>
        <span className="block text-muted">
          <When time={version.createdAt} />
          {maker !== undefined && ` by ${maker}`}
          {version.aliases.length > 0 && `, alias ${version.aliases.map(({ name }) => name).join(', ')}`}
        </span>
      </span>
      <span className="w-44 shrink-0">
        <StatusChip status={version.status} />
        <span className="block text-muted">
          {calls === 0
            ? 'no calls lately'
            : `${calls === 1 ? '1 call' : `${count(calls)} calls`}, ${count(failures)} failed${meanMs === undefined ? '' : `, ${duration(meanMs)}`}`}
        </span>
      </span>
      <span className="w-28 shrink-0 text-right">
        {(role === 'kept' || role === 'withdrawn') && (
          <button type="button" className="button" disabled={busy} onClick={rollback}>
            Roll back<span className="sr-only"> to version {version.version}</span>
          </button>
        )}
      </span>
    </li>
  );
}

function changeText(changes: VersionInfo['changes']): string {
  if (changes.length === 0) return 'Nothing changed but the code’s name';
  return changes
    .map(({ what, added = [], removed = [], changed = [] }) => {
      const names = [
        ...added.map((name) => `+${name}`),
        ...removed.map((name) => `−${name}`),
        ...changed.map((name) => `~${name}`),
      ];
      return names.length === 0 ? what : `${what} ${names.join(' ')}`;
    })
    .join('; ');
}

/** Who deployed which version, as far as the audit log says, and whoever looks may read that. */
function useMakers(of: { name: string; namespace: string }): ReadonlyMap<number, string> {
  const { client, scopes } = useSession();
  const { data } = useQuery({
    queryKey: ['makers', of.namespace, of.name],
    queryFn: () => client.listAudit({ ...of, outcome: 'done', limit: 200 }),
    // Being refused is an entry of the log itself: it is not tried in vain, nor twice.
    enabled: scopes?.includes('admin') ?? true,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const pairs = (data ?? []).flatMap(({ change, who }) => {
    const version = Number(/(\d+)$/.exec(change?.['version'] ?? '')?.[1]);
    return Number.isInteger(version) ? [[version, who] as const] : [];
  });
  return new Map(pairs);
}
