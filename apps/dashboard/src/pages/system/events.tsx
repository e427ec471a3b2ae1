import type { StreamedEvent } from '@wherry/wire/events';
import { useFeed } from '../../feed.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Choice } from '../../parts/filters.tsx';
import { Empty } from '../../parts/states.tsx';
import { useQueryText } from '../../query-text.ts';
import { count } from '../../words.ts';

const kinds = {
  function: 'Functions',
  instance: 'Instances',
  calls: 'Calls',
  queue: 'Queue',
  alert: 'Alerts',
  gap: 'Gaps',
} as const;

/** What this page was told since it was opened. */
export function Events() {
  const { recent } = useFeed();
  const [kind, setKind] = useQueryText('kind');
  const shown = recent.filter(({ event }) => kind === '' || event === kind);
  return (
    <>
      <div className="mb-3 flex flex-wrap gap-2">
        <Choice
          label="Kind"
          value={kind}
          set={setKind}
          choices={[['', 'All kinds'], ...Object.entries(kinds)]}
        />
        <span className="self-center text-muted">since this page was opened</span>
      </div>
      {shown.length === 0 ? (
        <Empty title="Nothing has happened yet" />
      ) : (
        <DataTable
          label="Events"
          rows={shown}
          keyOf={({ id, event }) => `${id} ${event}`}
          columns={columns}
          order="newest-first"
        />
      )}
    </>
  );
}

const columns: readonly Column<StreamedEvent>[] = [
  {
    head: 'When',
    width: '6rem',
    narrow: '5rem',
    cell: ({ data }) => ('at' in data ? new Date(String(data.at)).toLocaleTimeString('en-GB') : ''),
  },
  { head: 'What', width: '6rem', cell: ({ event }) => event },
  { head: 'Says', width: 'minmax(0,1fr)', narrow: 'minmax(0,1fr)', cell: (event) => sentence(event) },
];

/** In a few words; the history of alerts has the rest. */
function alertSentence({
  change,
  rule,
  name,
  channel,
}: Extract<StreamedEvent, { event: 'alert' }>['data']): string {
  const of = name === undefined ? rule : `${rule} of ${name}`;
  const message = `a message to ${channel}${rule === '' ? ', as a test,' : ` about ${rule}`}`;
  const says = {
    pending: `${of} is about to fire`,
    firing: `${of} fires`,
    resolved: `${of} is over`,
    queued: `${message} is queued`,
    sent: `${message} arrived`,
    failed: `${message} was given up`,
    ...{ rules: 'alert rules were changed', silences: 'silences were changed' },
    channels: 'alert channels were changed',
  };
  return says[change];
}

function sentence({ event, data }: StreamedEvent): string {
  switch (event) {
    case 'function':
      return `${data.name} was ${data.change}, version ${data.version}`;
    case 'instance':
      return data.change === 'started'
        ? `an instance of ${data.name} started`
        : `an instance of ${data.name} ended: ${data.exit?.reason ?? ''}`;
    case 'calls':
      return data.functions
        .map(
          ({ name, calls, failed }) =>
            `${name} ${count(calls)}${failed > 0 ? ` (${count(failed)} failed)` : ''}`,
        )
        .join(', ');
    case 'queue':
      return data.lanes
        .map(
          ({ lane, name = lane, waiting, running, dead }) =>
            `${name}: ${waiting} wait, ${running} run, ${dead} dead`,
        )
        .join('; ');
    case 'alert':
      return alertSentence(data);
    case 'gap':
      return `something was not told: ${data.why}`;
    case 'begin':
      return '';
  }
}
