import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { PageHead } from '../../frame.tsx';
import { ShowCommand } from '../../parts/show-command.tsx';
import { Empty, Failure, Skeleton } from '../../parts/states.tsx';
import { When } from '../../parts/when.tsx';
import { nameFrom, useBoards, useSaveBoard } from './boards.ts';

/** Boards that somebody made: charts that are looked at together. */
export default function BoardsPage() {
  const { data, error, refetch } = useBoards();
  return (
    <>
      <PageHead title="Boards">
        <ShowCommand command="wherry boards list" path="/system/boards" />
      </PageHead>
      <NewBoard taken={data?.map(({ name }) => name) ?? []} />
      {data === undefined && error !== null && <Failure error={error} retry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton what="the boards" />}
      {data?.length === 0 && (
        <Empty title="No boards yet" command="npx wherry boards import board.json">
          Name one above, then save charts to it from Explore.
        </Empty>
      )}
      {data !== undefined && data.length > 0 && (
        <ul className="panel divide-y divide-line">
          {data.map((board) => (
            <li key={board.name} className="flex flex-wrap items-center gap-x-5 gap-y-1 px-4 py-2.5">
              <Link href={`/boards/${board.name}`} className="font-medium text-strong hover:underline">
                {board.title}
              </Link>
              <span className="grow" />
              <span>{board.charts.length === 1 ? '1 chart' : `${board.charts.length} charts`}</span>
              <span className="text-muted">
                changed <When time={board.updatedAt} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function NewBoard({ taken }: { taken: readonly string[] }) {
  const [title, setTitle] = useState('');
  const [, go] = useLocation();
  const save = useSaveBoard();
  const make = useMutation({
    mutationFn: () => {
      const name = nameFrom(title);
      const free = taken.includes(name) ? `${name.slice(0, 58)}-${Date.now() % 10_000}` : name;
      return save.mutateAsync({ name: free, title: title.trim(), charts: [], revision: 0 });
    },
    onSuccess: ({ name }) => go(`/boards/${name}`),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (title.trim() !== '') make.mutate();
  };
  return (
    <>
      <form onSubmit={submit} className="mb-4 flex flex-wrap gap-2" aria-label="New board">
        <input
          aria-label="Name of the new board"
          placeholder="Name of a new board"
          maxLength={80}
          className="field min-w-0 grow md:max-w-80"
          value={title}
          onChange={(event) => setTitle(event.target.value)}
        />
        <button type="submit" className="button first" disabled={title.trim() === '' || make.isPending}>
          Make a board
        </button>
      </form>
      {make.error !== null && (
        <div className="mb-4">
          <Failure error={make.error} />
        </div>
      )}
    </>
  );
}
