import { useQuery } from '@tanstack/react-query';
import type { AlertEventInfo } from '@wherry/wire/alert-lists';
import { Link } from 'wouter';
import { useSession } from '../../current-session.ts';
import { useNamespace } from '../../functions.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Choice } from '../../parts/filters.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Empty } from '../../parts/states.tsx';
import { When } from '../../parts/when.tsx';
import { useQueryText } from '../../query-text.ts';

/** All that the gateway answers at most, and keeps. */
const mostShown = 1_000;

const kinds = {
  firing: ['text-bad', '■', 'Fired'],
  resolved: ['text-ok', '●', 'Over'],
  queued: ['text-info', '◐', 'Queued'],
  sent: ['text-ok', '✓', 'Delivered'],
  failed: ['text-bad', '▲', 'Given up'],
} as const;

/** What fired, what was over, and what became of the messages. */
export function History() {
  const { client } = useSession();
  const [namespace] = useNamespace();
  const [what, setWhat] = useQueryText('what');
  const [rule, setRule] = useQueryText('rule');
  const [channel, setChannel] = useQueryText('channel');
  const query = useQuery({
    queryKey: ['alerts', 'history', what],
    queryFn: () => client.listAlertEvents({ limit: mostShown, ...(what === '' ? {} : { what }) }),
  });
  return (
    <>
      <div className="mb-3 flex flex-wrap gap-2">
        <Choice
          label="What happened"
          value={what}
          set={setWhat}
          choices={[
            ['', 'All that happened'],
            ...Object.entries(kinds).map(([id, [, , word]]) => [id, word] as const),
          ]}
        />
        <Which
          all="All rules"
          label="Rule"
          value={rule}
          set={setRule}
          of={(query.data ?? []).map((event) => event.rule)}
        />
        <Which
          all="All channels"
          label="Channel"
          value={channel}
          set={setChannel}
          of={(query.data ?? []).map((event) => event.channel ?? '')}
        />
      </div>
      <Loaded query={query} what="the history">
        {(all) => {
          const shown = all.filter(
            (event) =>
              (rule === '' || event.rule === rule) &&
              (channel === '' || event.channel === channel) &&
              (namespace === '' || (event.labels?.['function_name'] ?? '').endsWith(`.${namespace}`)),
          );
          if (shown.length === 0)
            return (
              <Empty title={all.length === 0 && what === '' ? 'Nothing has happened yet' : 'Nothing matches'}>
                What fires, what is over and who was told is kept here, the latest thousand.
              </Empty>
            );
          return (
            <DataTable
              label="History of alerts"
              rows={shown}
              keyOf={({ id }) => id}
              columns={columns}
              order="newest-first"
            />
          );
        }}
      </Loaded>
    </>
  );
}

/** One of those that are named in what is there; what the address says stays, also where nothing is of it. */
function Which({
  all,
  label,
  value,
  set,
  of,
}: {
  all: string;
  label: string;
  value: string;
  set: (value: string) => void;
  of: readonly string[];
}) {
  const names = [...new Set([...of, value])].filter((name) => name !== '').toSorted();
  return (
    <select
      aria-label={label}
      className="field max-w-48"
      value={value}
      onChange={(event) => set(event.target.value)}
    >
      <option value="">{all}</option>
      {names.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
}

const aboutOf = ({ labels = {} }: AlertEventInfo): string =>
  labels['function_name'] ?? labels['channel'] ?? labels['host'] ?? '';

const columns: readonly Column<AlertEventInfo>[] = [
  { head: 'When', width: '7rem', narrow: '5.5rem', cell: ({ at }) => <When time={at} /> },
  {
    head: 'What',
    width: '7rem',
    narrow: '5.5rem',
    cell: ({ what }) => {
      const [tone, shape, word] = kinds[what];
      return (
        <span className={tone}>
          <span aria-hidden>{shape}</span> {word}
        </span>
      );
    },
  },
  {
    head: 'Rule',
    width: 'minmax(0,1fr)',
    narrow: 'minmax(0,1fr)',
    cell: ({ rule }) =>
      rule === '' ? (
        <span className="text-muted">a test</span>
      ) : (
        <Link
          href={`/alerts/rules?rule=${encodeURIComponent(rule)}`}
          className="font-medium text-strong hover:underline"
        >
          {rule}
        </Link>
      ),
  },
  { head: 'About', width: 'minmax(0,1fr)', cell: aboutOf },
  { head: 'Channel', width: 'minmax(0,0.7fr)', cell: ({ channel = '' }) => channel },
  {
    head: 'Message',
    width: 'minmax(0,1.5fr)',
    cell: ({ delivery, says }) =>
      delivery === undefined ? (
        ''
      ) : (
        <Link href={`/queue/calls?call=${delivery}`} className="hover:underline" title={says}>
          {says ?? <span className="font-mono text-xs">{delivery}</span>}
        </Link>
      ),
  },
];
