import { useQuery } from '@tanstack/react-query';
import { useSession } from '../../current-session.ts';
import { Choice } from '../../parts/filters.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Empty } from '../../parts/states.tsx';
import { useQueryText } from '../../query-text.ts';
import { plain } from '../logs/log-text.ts';

const againMs = 5_000;

/** What the gateway said of itself since it started, newest first. */
export function GatewayLog() {
  const { client } = useSession();
  const [only, setOnly] = useQueryText('only');
  const query = useQuery({
    queryKey: ['gateway log'],
    queryFn: () => client.gatewayLog(),
    refetchInterval: againMs,
  });
  return (
    <Loaded query={query} what="the gateway’s log">
      {(all) => {
        const shown = all.filter(({ level }) => only === '' || level === only).toReversed();
        return (
          <>
            <div className="mb-3 flex flex-wrap items-center gap-2">
              <Choice
                label="Which lines"
                value={only}
                set={setOnly}
                choices={[
                  ['', 'All lines'],
                  ['problem', 'Problems'],
                ]}
              />
              <span className="text-muted">
                The latest since its start; all of it is on its standard error.
              </span>
            </div>
            {shown.length === 0 ? (
              <Empty title="It has said nothing" />
            ) : (
              <ol
                tabIndex={0}
                aria-label="Lines of the gateway"
                className="panel max-h-[calc(100dvh-15rem)] overflow-y-auto py-2 font-mono text-[13px]"
              >
                {shown.map(({ at, level, message }, i) => (
                  <li
                    key={`${at} ${i}`}
                    className="flex gap-3 px-4 py-0.5 hover:bg-surface-2 max-md:flex-col max-md:gap-0"
                  >
                    <time dateTime={at} title={new Date(at).toString()} className="shrink-0 text-muted">
                      {new Date(at).toLocaleString('en-GB')}
                    </time>
                    <span
                      className={`min-w-0 break-words whitespace-pre-wrap ${level === 'problem' ? 'text-warn' : 'text-strong'}`}
                    >
                      {level === 'problem' && '▲ '}
                      {message.split('\n').map(plain).join('\n')}
                    </span>
                  </li>
                ))}
              </ol>
            )}
          </>
        );
      }}
    </Loaded>
  );
}
