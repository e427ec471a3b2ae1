import type { Call } from '@wherry/wire/calls';
import { HttpStatus } from '../../parts/chip.tsx';
import type { Column } from '../../parts/data-table.tsx';
import { StageBar } from '../../parts/stage-bar.tsx';
import { When } from '../../parts/when.tsx';
import { duration } from '../../words.ts';
import { callKey } from './known-calls.ts';

export function Took({ call }: { call: Call }) {
  return (
    <span className="whitespace-nowrap">
      {duration(call.totalMs)}
      {call.cold && <span className="text-info max-md:sr-only"> cold</span>}
    </span>
  );
}

export const columns = (open: (key: string) => void): readonly Column<Call>[] => [
  {
    head: 'When',
    width: '7rem',
    narrow: '5.5rem',
    cell: (call) => (
      <button type="button" className="min-h-6 hover:underline" onClick={() => open(callKey(call))}>
        <When time={call.startedAt} />
      </button>
    ),
  },
  {
    head: 'Request',
    width: 'minmax(0,2fr)',
    cell: ({ method, path }) => <span className="font-mono text-[13px]">{`${method} ${path}`}</span>,
  },
  {
    head: 'Status',
    width: '4.5rem',
    narrow: '3.5rem',
    cell: ({ status }) => <HttpStatus status={status} />,
  },
  { head: 'Took', width: '7rem', narrow: '4.5rem', cell: (call) => <Took call={call} /> },
  { head: 'Stages', width: '11rem', cell: (call) => <StageBar {...call} /> },
];

export function everywhere(open: (key: string) => void): readonly Column<Call>[] {
  const [when, ...rest] = columns(open);
  const target: Column<Call> = {
    head: 'Function',
    width: 'minmax(0,1fr)',
    narrow: 'minmax(0,1fr)',
    cell: (call) => <span className="text-strong">{call.target}</span>,
  };
  return [...(when === undefined ? [] : [when]), target, ...rest];
}
