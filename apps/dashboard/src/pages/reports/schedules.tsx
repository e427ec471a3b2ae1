import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { SubscriptionInfo, SubscriptionRequest } from '@wherry/wire/reports';
import { Pause, Play, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useSession } from '../../current-session.ts';
import { PageHead } from '../../frame.tsx';
import { useNamespace } from '../../functions.ts';
import { useKeys } from '../../keys.ts';
import { Confirm, Field } from '../../parts/confirm.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { useTell } from '../../parts/notice.tsx';
import { ShowCommand } from '../../parts/show-command.tsx';
import { Empty } from '../../parts/states.tsx';
import { Until } from '../../parts/when.tsx';
import { ChannelChoice, channelsIn } from './channel-choice.tsx';
import { short } from './deliveries.tsx';
import { AboutField, LengthField, ZoneField } from './period-fields.tsx';
import { adverbs, type Length } from './period-words.ts';

/** Which reports are made by themselves, and where they go. */
export function Schedules({ tabs }: { tabs: ReactNode }) {
  const { client } = useSession();
  const queries = useQueryClient();
  const tell = useTell();
  const [namespace] = useNamespace();
  const [asked, setAsked] = useState<'make' | SubscriptionInfo>();
  const query = useQuery({
    queryKey: ['report-schedules'],
    queryFn: () => client.listReportSubscriptions(),
  });
  const make = (): void => setAsked('make');
  useKeys({ make });
  const changed = (said: string): Promise<void> => {
    tell(said);
    void queries.invalidateQueries({ queryKey: ['reports'] });
    return queries.invalidateQueries({ queryKey: ['report-schedules'] });
  };
  const act = (doing: Promise<string>): void =>
    void doing.catch((error: Error) => `It failed: ${error.message}`).then(changed);
  const rest = ({ name, paused = false }: SubscriptionInfo): void =>
    act(
      client
        .pauseReport(name, !paused)
        .then(() => `${name} ${paused ? 'goes on with this period' : 'rests until it is resumed'}.`),
    );
  const send = ({ every, zone, namespace: about, channels }: SubscriptionInfo): void =>
    act(
      client
        .makeReport({ every, zone, channels, ...(about === undefined ? {} : { namespace: about }) })
        .then(() => `The report of the last ${every} is on its way to ${channels.map(short).join(', ')}.`),
    );
  return (
    <>
      <PageHead title="Reports">
        <button type="button" className="button first" onClick={make}>
          Schedule a report
        </button>
        <ShowCommand command="wherry reports subscriptions" path="/system/report-subscriptions" />
      </PageHead>
      {tabs}
      <Loaded query={query} what="the schedules">
        {(all) => {
          const shown = all.filter((one) => namespace === '' || one.namespace === namespace);
          return shown.length === 0 ? (
            <Empty
              title="No report is made by itself"
              command="npx wherry reports subscribe ops --to ops-mail --every day"
            >
              Calls, errors, usage and deploys of a day, a week or a month, by mail or chat.
            </Empty>
          ) : (
            <DataTable
              label="Schedules of reports"
              rows={shown}
              keyOf={({ name }) => name}
              columns={columns({ send, rest, remove: setAsked })}
              keys={{ act: send, remove: setAsked }}
            />
          );
        }}
      </Loaded>
      {asked === 'make' && (
        <Confirm
          title="Schedule a report"
          verb="Schedule"
          act={(form) =>
            client.subscribeReport(requestIn(form)).then(({ name }) => changed(`${name} is scheduled.`))
          }
          close={() => setAsked(undefined)}
        >
          <Field name="name" label="Name" hint="a-z, 0-9 and -" required autoFocus />
          <div className="grid gap-4 md:grid-cols-2">
            <LengthField />
            <Field name="at" label="Made the day after, at" type="time" defaultValue="07:00" required />
            <ZoneField />
            <AboutField />
          </div>
          <ChannelChoice />
        </Confirm>
      )}
      {asked !== undefined && asked !== 'make' && (
        <Confirm
          title={`Remove ${asked.name}?`}
          verb="Remove"
          bad
          act={() => client.unsubscribeReport(asked.name).then(() => changed(`${asked.name} is removed.`))}
          close={() => setAsked(undefined)}
        >
          <p>No more of it is made. The reports that were made stay.</p>
        </Confirm>
      )}
    </>
  );
}

function requestIn(form: FormData): SubscriptionRequest {
  const text = (name: string): string => String(form.get(name) ?? '');
  return {
    ...{ name: text('name'), every: text('every') as Length, zone: text('zone'), at: text('at') },
    channels: channelsIn(form),
    ...(text('namespace') === '' ? {} : { namespace: text('namespace') }),
  };
}

type Act = (one: SubscriptionInfo) => void;

const columns = ({
  send,
  rest,
  remove,
}: {
  send: Act;
  rest: Act;
  remove: Act;
}): readonly Column<SubscriptionInfo>[] => [
  {
    head: 'Name',
    width: 'minmax(0,1fr)',
    narrow: 'minmax(0,1fr)',
    cell: ({ name, paused, every, at }) => (
      <>
        <span className="font-medium text-strong">{name}</span>
        <span className="text-xs text-muted md:hidden">
          {' '}
          {adverbs[every].toLowerCase()} {at}
        </span>
        {paused === true && <span className="text-warn"> ▲ Paused</span>}
      </>
    ),
  },
  {
    head: 'When',
    width: 'minmax(0,1.5fr)',
    cell: ({ every, at, zone }) => `${adverbs[every]}, at ${at} in ${zone}`,
  },
  {
    head: 'Next',
    width: '6rem',
    cell: ({ nextAt }) => (nextAt === undefined ? 'when resumed' : <Until time={nextAt} />),
  },
  { head: 'About', width: 'minmax(0,1fr)', cell: ({ namespace = 'everything' }) => namespace },
  { head: 'To', width: 'minmax(0,1.5fr)', cell: ({ channels }) => channels.map(short).join(', ') },
  {
    head: 'Do',
    width: '10.5rem',
    narrow: '10rem',
    right: true,
    cell: (one) => (
      <span className="inline-flex items-center gap-1">
        <button type="button" className="button small" onClick={() => send(one)}>
          Send now<span className="sr-only"> {one.name}</span>
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label={`${one.paused === true ? 'Resume' : 'Pause'} ${one.name}`}
          title={one.paused === true ? 'Resume' : 'Pause'}
          onClick={() => rest(one)}
        >
          {one.paused === true ? <Play size={16} aria-hidden /> : <Pause size={16} aria-hidden />}
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label={`Remove ${one.name}`}
          title="Remove"
          onClick={() => remove(one)}
        >
          <Trash2 size={16} aria-hidden />
        </button>
      </span>
    ),
  },
];
