import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { useSession } from '../../current-session.ts';
import { PageHead } from '../../frame.tsx';
import { SearchField } from '../../parts/filters.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { ShowCommand } from '../../parts/show-command.tsx';
import { Empty } from '../../parts/states.tsx';
import { useQueryText } from '../../query-text.ts';
import { bytes, count } from '../../words.ts';
import { asks } from './store-asks.ts';

/** Functions that can be deployed by their names. */
export default function StorePage() {
  const { client } = useSession();
  const [text, setText] = useQueryText('text');
  const query = useQuery({ queryKey: ['store'], queryFn: () => client.listStore(), staleTime: 60_000 });
  return (
    <>
      <PageHead title="Store">
        <ShowCommand command="wherry store list" path="/system/store" />
      </PageHead>
      <Loaded query={query} what="the store">
        {({ functions }) => {
          const wanted = text.toLowerCase();
          const shown = functions.filter((one) =>
            `${one.name} ${one.title} ${one.description}`.toLowerCase().includes(wanted),
          );
          return (
            <>
              <div className="mb-4 flex flex-wrap gap-2">
                <SearchField label="Find in the store" value={text} set={setText} />
                <span role="status" className="self-center text-muted">
                  {count(shown.length)} functions
                </span>
              </div>
              {shown.length === 0 && <Empty title="Nothing in the store has that in it" />}
              <ul className="grid grid-cols-[repeat(auto-fill,minmax(17rem,1fr))] gap-4">
                {shown.map((item) => (
                  <li key={item.name} className="panel relative flex flex-col gap-1 p-4 hover:bg-surface-2">
                    <h2>
                      <Link
                        href={`/store/${encodeURIComponent(item.name)}`}
                        className="break-words after:absolute after:inset-0"
                      >
                        {item.title}
                      </Link>
                    </h2>
                    <p className="line-clamp-3 grow break-words">{item.description}</p>
                    <p className="text-xs break-words text-muted">
                      {[
                        item.author,
                        Object.keys(item.images).join(', '),
                        item.bytes && bytes(item.bytes),
                        asks(item),
                      ]
                        .filter((one) => one !== undefined && one !== '' && one !== 0)
                        .join(' · ')}
                    </p>
                  </li>
                ))}
              </ul>
            </>
          );
        }}
      </Loaded>
    </>
  );
}
