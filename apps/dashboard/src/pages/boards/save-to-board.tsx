import { LayoutGrid } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { Link } from 'wouter';
import type { ChartSpec } from '../../charts/chart-panel.tsx';
import { Modal } from '../../parts/modal.tsx';
import { Failure, Skeleton } from '../../parts/states.tsx';
import { nameFrom, useBoards, useSaveBoard } from './boards.ts';

/** Puts a chart on a board, an old one or a new one. */
export function SaveToBoard({ spec, small = false }: { spec: ChartSpec; small?: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className={small ? 'icon-button' : 'button'}
        aria-label={small ? `Save ${spec.title} to a board` : undefined}
        title={small ? 'Save to a board' : undefined}
        onClick={() => setOpen(true)}
      >
        <LayoutGrid size={16} aria-hidden /> {!small && 'Save to a board'}
      </button>
      {open && (
        <Modal title="Save to a board" close={() => setOpen(false)}>
          <Form spec={spec} close={() => setOpen(false)} />
        </Modal>
      )}
    </>
  );
}

const another = '\0new';

function Form({ spec, close }: { spec: ChartSpec; close: () => void }) {
  const boards = useBoards();
  const save = useSaveBoard();
  const [title, setTitle] = useState(spec.title.slice(0, 80));
  const [chosen, setChosen] = useState<string>();
  const [newTitle, setNewTitle] = useState('');
  if (boards.data === undefined)
    return (
      <div className="p-5">
        {boards.error === null ? <Skeleton what="the boards" /> : <Failure error={boards.error} />}
      </div>
    );
  const name = chosen ?? boards.data[0]?.name ?? another;
  const { kind, unit, queries } = spec;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const board = boards.data.find((one) => one.name === name);
    const chart = {
      title: title.trim(),
      kind,
      unit,
      queries: queries.map(({ text, legend }) => ({ text, ...(legend === undefined ? {} : { legend }) })),
    };
    save.mutate(
      board === undefined
        ? { name: nameFrom(newTitle), title: newTitle.trim(), charts: [chart], revision: 0 }
        : { name, title: board.title, charts: [...board.charts, chart], revision: board.revision },
    );
  };
  if (save.data !== undefined)
    return (
      <div className="space-y-4 p-5">
        <h2>Saved</h2>
        <p>
          It is on{' '}
          <Link href={`/boards/${save.data.name}`} className="font-medium text-accent underline">
            {save.data.title}
          </Link>
          .
        </p>
        <button type="button" className="button" onClick={close}>
          Close
        </button>
      </div>
    );
  return (
    <form onSubmit={submit} className="space-y-4 p-5">
      <h2>Save to a board</h2>
      <label className="block">
        <span className="text-xs text-muted">Title of the chart</span>
        <input
          className="field mt-1 block w-full"
          maxLength={80}
          value={title}
          onChange={(event) => setTitle(event.target.value)}
        />
      </label>
      <label className="block">
        <span className="text-xs text-muted">Board</span>
        <select
          className="field mt-1 block w-full"
          value={name}
          onChange={(event) => setChosen(event.target.value)}
        >
          {boards.data.map((board) => (
            <option key={board.name} value={board.name}>
              {board.title}
            </option>
          ))}
          <option value={another}>A new board</option>
        </select>
      </label>
      {name === another && (
        <label className="block">
          <span className="text-xs text-muted">Name of the new board</span>
          <input
            className="field mt-1 block w-full"
            required
            maxLength={80}
            value={newTitle}
            onChange={(event) => setNewTitle(event.target.value)}
          />
        </label>
      )}
      {save.error !== null && <Failure error={save.error} />}
      <div className="flex gap-2">
        <button type="submit" className="button first" disabled={save.isPending}>
          Save
        </button>
        <button type="button" className="button" onClick={close}>
          Cancel
        </button>
      </div>
    </form>
  );
}
