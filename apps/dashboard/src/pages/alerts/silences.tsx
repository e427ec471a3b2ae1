import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { SilenceInfo } from '@wherry/wire/alert-lists';
import { useState } from 'react';
import { useSession } from '../../current-session.ts';
import { useKeys } from '../../keys.ts';
import { useNow } from '../../now.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { useTell } from '../../parts/notice.tsx';
import { Empty } from '../../parts/states.tsx';
import { ago, until } from '../../words.ts';
import { Rows } from './rows.tsx';
import { SilenceDialog } from './silence-dialog.tsx';

/** What nobody is told of for a while, who wanted that, and why. */
export function Silences() {
  const { client } = useSession();
  const queries = useQueryClient();
  const tell = useTell();
  const now = useNow();
  const [making, setMaking] = useState(false);
  const [ending, setEnding] = useState<SilenceInfo>();
  const query = useQuery({ queryKey: ['alerts', 'silences'], queryFn: () => client.listSilences() });
  const make = (): void => setMaking(true);
  const mayEnd = ({ until: end }: SilenceInfo): boolean => Date.parse(end) > now;
  useKeys({ make });
  return (
    <>
      <p className="mb-3">
        <button type="button" className="button first" onClick={make}>
          Silence something
        </button>
      </p>
      <Loaded query={query} what="the silences">
        {(all) =>
          all.length === 0 ? (
            <Empty
              title="Nothing is silenced"
              command="npx wherry alerts silence function_name=shop.openfaas-fn --for 2h --why 'moving the database'"
            >
              Whoever works on something asks for quiet about it here, or beside what fires.
            </Empty>
          ) : (
            <Rows
              label="Silences"
              rows={all.toSorted((one, other) => Number(mayEnd(other)) - Number(mayEnd(one)))}
              keyOf={({ id }) => id}
              keys={{ remove: (one) => mayEnd(one) && setEnding(one) }}
            >
              {(one) => (
                <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
                  <Phase of={one} now={now} />
                  <div className="min-w-0 grow basis-64">
                    <p className="font-mono text-[13px] break-all text-strong">{one.matchers.join(' ')}</p>
                    <p className="break-words text-muted">
                      by {one.by}
                      {one.why !== '' && `: ${one.why}`}
                    </p>
                  </div>
                  {mayEnd(one) && (
                    <button type="button" className="button small" onClick={() => setEnding(one)}>
                      End<span className="sr-only"> the silence {one.matchers.join(' ')}</span>
                    </button>
                  )}
                </div>
              )}
            </Rows>
          )
        }
      </Loaded>
      {making && <SilenceDialog title="Silence something" matchers={[]} close={() => setMaking(false)} />}
      {ending !== undefined && (
        <Confirm
          title="End the silence?"
          verb="End it"
          act={async () => {
            await client.deleteSilence(ending.id);
            await queries.invalidateQueries({ queryKey: ['alerts'] });
            tell('Whoever should know is told again.');
          }}
          close={() => setEnding(undefined)}
        >
          <p className="font-mono text-[13px] break-all">{ending.matchers.join(' ')}</p>
          <p>What of it fires is told with the next look.</p>
        </Confirm>
      )}
    </>
  );
}

function Phase({ of, now }: { of: SilenceInfo; now: number }) {
  const [tone, shape, words] =
    Date.parse(of.from) > now
      ? ['text-info', '◐', `Begins ${until(of.from, now)}`]
      : Date.parse(of.until) > now
        ? ['text-accent', '☾', `Ends ${until(of.until, now)}`]
        : ['text-neutral', '○', `Over, ${ago(of.until, now)}`];
  return (
    <span className={`w-36 ${tone}`} title={`${new Date(of.from)} to ${new Date(of.until)}`}>
      <span aria-hidden>{shape}</span> {words}
    </span>
  );
}
