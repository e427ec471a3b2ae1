import { useQuery } from '@tanstack/react-query';
import type { Setting } from '@wherry/wire/diagnosis';
import { useSession } from '../../current-session.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Choice, SearchField } from '../../parts/filters.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Empty } from '../../parts/states.tsx';
import { useQueryText } from '../../query-text.ts';

/** Every setting, and where its value came from. */
export function Configuration() {
  const { client } = useSession();
  const [text, setText] = useQueryText('text');
  const [only, setOnly] = useQueryText('only');
  const query = useQuery({ queryKey: ['config'], queryFn: () => client.config() });
  return (
    <Loaded query={query} what="the settings">
      {(all) => {
        const wanted = text.toLowerCase();
        const shown = all.filter(
          ({ key, value, origin }) =>
            `${key} ${value}`.toLowerCase().includes(wanted) && (only === '' || origin !== 'default'),
        );
        return (
          <>
            <div className="mb-3 flex flex-wrap gap-2">
              <SearchField label="Find a setting" value={text} set={setText} />
              <Choice
                label="Which settings"
                value={only}
                set={setOnly}
                choices={[
                  ['', 'All'],
                  ['changed', 'Not the default'],
                ]}
              />
            </div>
            {shown.length === 0 ? (
              <Empty title="No setting matches the filter" />
            ) : (
              <DataTable label="Settings" rows={shown} keyOf={({ key }) => key} columns={columns} />
            )}
          </>
        );
      }}
    </Loaded>
  );
}

const columns: readonly Column<Setting>[] = [
  {
    head: 'Setting',
    width: 'minmax(0,1fr)',
    narrow: 'minmax(0,1fr)',
    cell: ({ key }) => <span className="text-strong">{key}</span>,
  },
  {
    head: 'Value',
    width: 'minmax(0,1.5fr)',
    narrow: 'minmax(0,1fr)',
    cell: ({ value }) => (
      <code className="font-mono text-[13px]" title={value}>
        {value === '' ? '(empty)' : value}
      </code>
    ),
  },
  {
    head: 'From',
    width: '6rem',
    cell: ({ origin }) => (
      <span className={origin === 'default' ? 'text-muted' : 'text-accent'}>{origin}</span>
    ),
  },
  {
    head: 'Set by',
    width: 'minmax(0,1.5fr)',
    cell: ({ flag, variable }) => (
      <code className="font-mono text-[13px] text-muted">
        {[flag, variable].filter((one) => one !== undefined).join(', ')}
      </code>
    ),
  },
  {
    head: 'Counts',
    width: '8rem',
    cell: ({ reload }) => (reload === 'live' ? 'at once' : 'after a restart'),
  },
];
