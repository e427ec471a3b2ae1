import { useQuery } from '@tanstack/react-query';
import { useSession } from '../../current-session.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { Empty } from '../../parts/states.tsx';
import { When } from '../../parts/when.tsx';
import { bytes, duration } from '../../words.ts';

/** Backups that were made by themselves. */
export function Backups() {
  const { client } = useSession();
  const query = useQuery({ queryKey: ['backups'], queryFn: () => client.listBackups() });
  return (
    <Loaded query={query} what="the backups">
      {({ every, failure, backups }) => (
        <div className="space-y-4">
          <p className="text-strong">
            {every === undefined ? 'None are made by themselves.' : `One is made every ${duration(every)}.`}
          </p>
          {failure !== undefined && (
            <p role="alert" className="panel border-l-4 border-l-bad p-4 break-words">
              <span className="text-bad">■</span> The last one failed, <When time={failure.at} />:{' '}
              {failure.reason}. Next: {failure.next}
            </p>
          )}
          {backups.length === 0 ? (
            <Empty title="There are no backups here" command="npx wherry backup wherry-backup.tar.gz">
              This writes one of now. Secrets in it stay encrypted; their key is not in it.
            </Empty>
          ) : (
            <ul className="panel divide-y divide-line">
              {backups.map(({ path, at, bytes: size }) => (
                <li key={path} className="flex flex-wrap gap-x-5 gap-y-1 px-4 py-2.5">
                  <code className="min-w-0 grow font-mono text-[13px] break-all text-strong">{path}</code>
                  <span>{bytes(size)}</span>
                  <span className="text-muted">
                    <When time={at} />
                  </span>
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </Loaded>
  );
}
