import type { QueuedCall } from '@wherry/wire/queued-calls';
import type { Column } from '../../parts/data-table.tsx';
import { When } from '../../parts/when.tsx';
import { count } from '../../words.ts';

export const states = {
  waiting: ['text-info', '◐', 'Waiting'],
  running: ['text-info', '●', 'Running'],
  done: ['text-ok', '●', 'Done'],
  dead: ['text-bad', '■', 'Dead'],
  cancelled: ['text-neutral', '○', 'Taken back'],
} as const;

export const columns = (
  marked: ReadonlySet<string>,
  mark: (id: string) => void,
  open: (id: string) => void,
): readonly Column<QueuedCall>[] => [
  {
    head: 'Mark',
    width: '2.5rem',
    narrow: '2.5rem',
    cell: ({ id, state }) =>
      state === 'dead' ? (
        <input
          type="checkbox"
          className="size-4 accent-accent"
          aria-label={`Mark ${id}`}
          checked={marked.has(id)}
          onChange={() => mark(id)}
        />
      ) : (
        ''
      ),
  },
  {
    head: 'Came',
    width: '7rem',
    narrow: '5.5rem',
    cell: ({ id, enqueuedAt }) => (
      <button type="button" className="min-h-6 hover:underline" onClick={() => open(id)}>
        <When time={enqueuedAt} />
      </button>
    ),
  },
  {
    head: 'Function',
    width: 'minmax(0,1.5fr)',
    narrow: 'minmax(0,1fr)',
    cell: ({ target, kind, lane }) => (
      <span className="text-strong">
        {kind === 'answer' ? `answer of ${target}` : kind === 'notice' ? lane : target}
      </span>
    ),
  },
  {
    head: 'State',
    width: '7rem',
    narrow: '5.5rem',
    cell: ({ state }) => (
      <span className={states[state][0]}>
        <span aria-hidden>{states[state][1]}</span> {states[state][2]}
      </span>
    ),
  },
  { head: 'Tries', width: '4rem', right: true, cell: ({ attempts }) => count(attempts) },
  {
    head: 'Why',
    width: 'minmax(0,2fr)',
    cell: ({ reason, last, editedAs }) =>
      [editedAs === undefined ? undefined : 'tried again, edited', reason, last?.cause]
        .filter((one) => one !== undefined)
        .join(': '),
  },
];
