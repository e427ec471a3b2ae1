import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ScheduleInfo } from '@wherry/wire/schedules';
import { type LucideIcon, Pause, Play, SkipForward } from 'lucide-react';
import { Link } from 'wouter';
import { useSession } from '../../current-session.ts';
import { PageHead } from '../../frame.tsx';
import { useNamespace } from '../../functions.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { useTell } from '../../parts/notice.tsx';
import { ExportMenu } from '../../parts/export-menu.tsx';
import { ShowCommand } from '../../parts/show-command.tsx';
import { Empty } from '../../parts/states.tsx';
import { Until, When } from '../../parts/when.tsx';
import { functionPath } from '../../paths.ts';

/** A run is told by no event. */
const againMs = 5_000;

/** Who is called by the clock, and when next. */
export default function SchedulesPage() {
  const { client } = useSession();
  const queries = useQueryClient();
  const tell = useTell();
  const [namespace] = useNamespace();
  const query = useQuery({
    queryKey: ['schedules'],
    queryFn: async () => {
      const places = await client.listNamespaces();
      return (await Promise.all(places.map((place) => client.listSchedules(place)))).flat();
    },
    refetchInterval: againMs,
  });
  const change = (done: Promise<string>): void => {
    done
      .catch((error: Error) => `It failed: ${error.message}`)
      .then((said) => {
        tell(said);
        return queries.invalidateQueries({ queryKey: ['schedules'] });
      })
      .catch(() => undefined);
  };
  const run = (one: ScheduleInfo): void =>
    change(client.runSchedule(one).then(({ call }) => `${one.name} is queued as ${call}.`));
  const rest = (one: ScheduleInfo): void =>
    change(
      client
        .pauseSchedule(one, !one.paused)
        .then(() => `${one.name} ${one.paused ? 'goes on from now' : 'rests until it is resumed'}.`),
    );
  return (
    <>
      <PageHead title="Schedules">
        <ExportMenu table="schedules" query={{ namespace }} />
        <ShowCommand command="wherry schedule list" path="/system/schedules" />
      </PageHead>
      <Loaded query={query} what="the schedules">
        {(all) => {
          const shown = all.filter((one) => namespace === '' || one.namespace === namespace);
          if (shown.length === 0)
            return (
              <Empty
                title="Nobody is called by the clock"
                command={`npx wherry deploy report --from ./report --annotation 'com.wherry.schedule=0 8 * * *'`}
              >
                A function says itself when it is called, by an annotation.
              </Empty>
            );
          return (
            <DataTable
              label="Schedules"
              rows={shown}
              keyOf={({ name, namespace: place }) => `${name}.${place}`}
              columns={columns(run, rest)}
              keys={{ act: run }}
            />
          );
        }}
      </Loaded>
    </>
  );
}

const columns = (
  run: (one: ScheduleInfo) => void,
  rest: (one: ScheduleInfo) => void,
): readonly Column<ScheduleInfo>[] => [
  {
    head: 'Function',
    width: 'minmax(0,1.5fr)',
    narrow: 'minmax(0,1fr)',
    cell: (one) => (
      <Link
        href={functionPath(one)}
        className="font-medium text-strong hover:underline"
        title={one.namespace}
      >
        {one.name}
      </Link>
    ),
  },
  {
    head: 'When',
    width: 'minmax(0,2fr)',
    cell: ({ rules }) => (
      <span className="font-mono text-[13px]">
        {rules.map(({ expression, zone }) => `${expression} (${zone})`).join(', ')}
      </span>
    ),
  },
  {
    head: 'Next',
    width: '7rem',
    narrow: '5rem',
    cell: (one) => <Next of={one} />,
  },
  {
    head: 'Last',
    width: 'minmax(0,1.5fr)',
    cell: ({ last }) => (last === undefined ? 'none yet' : <Last of={last} />),
  },
  {
    head: 'Do',
    width: '12rem',
    narrow: '5rem',
    right: true,
    cell: (one) => (
      <span className="inline-flex gap-2">
        <Do word={one.paused ? 'Resume' : 'Pause'} Icon={one.paused ? Play : Pause} of={one} act={rest} />
        <Do word="Run now" Icon={SkipForward} of={one} act={run} />
      </span>
    ),
  },
];

/** On a phone as a sign alone: there the time is worth more than the word. */
function Do({
  word,
  Icon,
  of,
  act,
}: {
  word: string;
  Icon: LucideIcon;
  of: ScheduleInfo;
  act: (one: ScheduleInfo) => void;
}) {
  return (
    <button type="button" className="button small max-md:px-1.5" title={word} onClick={() => act(of)}>
      <Icon size={16} className="md:hidden" aria-hidden />
      <span className="max-md:sr-only">{word}</span>
      <span className="sr-only"> {of.name}</span>
    </button>
  );
}

function Next({ of: { paused, rules } }: { of: ScheduleInfo }) {
  const next = rules.flatMap((rule) => rule.next).toSorted()[0];
  if (paused) return <span className="text-warn">▲ Paused</span>;
  if (next === undefined) return 'never';
  return <Until time={next} />;
}

function Last({ of: { slot, call, state, status, cause } }: { of: NonNullable<ScheduleInfo['last']> }) {
  const bad = state === 'dead' || (status !== undefined && status >= 500);
  return (
    <Link
      href={`/queue/calls?call=${call}`}
      className={`hover:underline ${bad ? 'text-bad' : ''}`}
      title={cause}
    >
      {bad && <span aria-hidden>■ </span>}
      <When time={slot} />
      {state !== undefined && `, ${state}`}
      {status !== undefined && ` ${status}`}
    </Link>
  );
}
