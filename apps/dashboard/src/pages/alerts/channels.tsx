import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ChannelInfo } from '@wherry/wire/alert-channels';
import { useState } from 'react';
import { useSession } from '../../current-session.ts';
import { useKeys } from '../../keys.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { useTell } from '../../parts/notice.tsx';
import { Empty } from '../../parts/states.tsx';
import { ChannelDialog } from './channel-dialog.tsx';
import { kindWords } from './channel-kinds.ts';
import { News, Waiting } from './channel-news.tsx';
import { Outcome, type Tested } from './delivery.tsx';
import { Rows } from './rows.tsx';

type Asked =
  | { readonly how: 'put'; readonly of?: ChannelInfo }
  | { readonly how: 'remove'; readonly of: ChannelInfo };

/** What is tried again is told by no event. */
const againMs = 15_000;

/** Who is told of alerts, and whether it arrives. */
export function Channels() {
  const { client } = useSession();
  const queries = useQueryClient();
  const tell = useTell();
  const [asked, setAsked] = useState<Asked>();
  const [tests, setTests] = useState<ReadonlyMap<string, Tested>>(new Map());
  const query = useQuery({
    queryKey: ['alerts', 'channels'],
    queryFn: () => client.listChannels(),
    refetchInterval: againMs,
  });
  const add = (): void => setAsked({ how: 'put' });
  const came = (name: string, what: Tested | undefined): void =>
    setTests((before) => {
      const after = new Map(before);
      if (what === undefined) after.delete(name);
      else after.set(name, what);
      return after;
    });
  const test = ({ name, kind }: ChannelInfo): void => {
    if (kind === 'heartbeat') came(name, 'beating');
    void client.testChannel(name).then(
      (what) => came(name, what),
      (error: Error) => {
        came(name, undefined);
        tell(`It failed: ${error.message}`);
      },
    );
  };
  useKeys({ make: add });
  return (
    <>
      <p className="mb-3">
        <button type="button" className="button first" onClick={add}>
          Add a channel
        </button>
      </p>
      <Loaded query={query} what="the channels">
        {(all) =>
          all.length === 0 ? (
            <Empty
              title="Nobody is told of alerts"
              command="npx wherry alerts channel add ops slack --from-file webhook.txt"
            >
              A channel tells people by mail, Slack or short message, and tools by a webhook or a function.
            </Empty>
          ) : (
            <Rows
              label="Channels"
              rows={all}
              keyOf={({ name }) => name}
              keys={{
                act: test,
                open: (of) => setAsked({ how: 'put', of }),
                remove: (of) => setAsked({ how: 'remove', of }),
              }}
            >
              {(one) => (
                <Channel
                  of={one}
                  tested={tests.get(one.name)}
                  test={() => test(one)}
                  ask={(how) => setAsked({ how, of: one })}
                />
              )}
            </Rows>
          )
        }
      </Loaded>
      {asked?.how === 'put' && (
        <ChannelDialog
          {...(asked.of === undefined ? {} : { before: asked.of })}
          close={() => setAsked(undefined)}
        />
      )}
      {asked?.how === 'remove' && (
        <Confirm
          title={`Remove ${asked.of.name}?`}
          verb={`Remove ${asked.of.name}`}
          bad
          act={async () => {
            await client.deleteChannel(asked.of.name);
            await queries.invalidateQueries({ queryKey: ['alerts'] });
            tell(`Nobody is told by ${asked.of.name} any more.`);
          }}
          close={() => setAsked(undefined)}
        >
          <p>Its address or password is removed, too, and can’t be brought back.</p>
          <Waiting of={asked.of} />
        </Confirm>
      )}
    </>
  );
}

function Channel({
  of,
  tested,
  test,
  ask,
}: {
  of: ChannelInfo;
  tested: Tested | undefined;
  test: () => void;
  ask: (how: 'put' | 'remove') => void;
}) {
  const { name, kind, matchers = [], resolved = true, readable } = of;
  const takes = matchers.length === 0 ? 'everything' : matchers.join(' ');
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-0 grow basis-64">
        <p className="break-words">
          <span className="font-medium text-strong">{name}</span>{' '}
          <span className="text-muted">
            {kindWords[kind]} {toWhom(of)}
          </span>
        </p>
        <p className="break-words text-muted">
          {kind === 'heartbeat'
            ? 'called every minute as long as alerting works'
            : `takes ${takes}${resolved ? '' : '; not told when something is over'}`}
        </p>
        {!readable && (
          <p className="mt-1 text-bad">
            <span aria-hidden>■ </span>
            What is secret about it can’t be read, because its key is lost: nothing arrives. Change it and
            enter that again.
          </p>
        )}
        {kind !== 'heartbeat' && of.delivery !== undefined && <News of={of.delivery} name={name} />}
        {tested !== undefined && <Outcome of={tested} />}
      </div>
      <span className="flex flex-wrap gap-2">
        <button type="button" className="button small" onClick={test} disabled={tested === 'beating'}>
          Test<span className="sr-only"> {name}</span>
        </button>
        <button type="button" className="button small" onClick={() => ask('put')}>
          Change<span className="sr-only"> {name}</span>
        </button>
        <button type="button" className="button small" onClick={() => ask('remove')}>
          Remove<span className="sr-only"> {name}</span>
        </button>
      </span>
    </div>
  );
}

function toWhom({ mail, origin, function: of }: ChannelInfo): string {
  if (mail !== undefined) return `to ${mail.to?.join(', ')} by ${mail.host}:${mail.port}`;
  if (of !== undefined) return of;
  return origin === undefined ? '' : `at ${origin}`;
}
