import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { BoardInfo } from '@wherry/wire/boards';
import { ArrowLeft, ArrowRight, Plus, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import { ChartPanel } from '../../charts/chart-panel.tsx';
import { TimeControl } from '../../charts/time-control.tsx';
import { useSession } from '../../current-session.ts';
import { PageHead } from '../../frame.tsx';
import { Modal } from '../../parts/modal.tsx';
import { ShowCommand } from '../../parts/show-command.tsx';
import { Empty, Failure, Skeleton } from '../../parts/states.tsx';
import { type BoardChart, specOf, useBoard, useSaveBoard } from './boards.ts';

/** The charts of one board over the same time. */
export default function BoardPage() {
  const { name } = useParams<{ name: string }>();
  const { data, error, refetch } = useBoard(name);
  return (
    <>
      <PageHead title={data?.title ?? name}>
        <span className="max-md:order-last max-md:w-full">
          <TimeControl />
        </span>
        {data !== undefined && <Actions board={data} />}
        <ShowCommand
          command={`wherry boards export ${name}`}
          path={`/system/boards/${encodeURIComponent(name)}`}
        />
      </PageHead>
      {data === undefined && error !== null && <Failure error={error} retry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton what="the board" />}
      {data !== undefined && <Charts board={data} refetch={() => void refetch()} />}
    </>
  );
}

function Charts({ board, refetch }: { board: BoardInfo; refetch: () => void }) {
  const save = useSaveBoard();
  const { name, title, charts, revision } = board;
  const change = (next: readonly BoardChart[]): void => save.mutate({ name, title, charts: next, revision });
  const swapped = (i: number, with_: number): readonly BoardChart[] =>
    charts.map((chart, at) => (at === i ? charts[with_] : at === with_ ? charts[i] : chart) ?? chart);
  if (charts.length === 0)
    return (
      <Empty title="No charts on it yet">
        <Link href="/explore" className="button mt-2">
          <Plus size={16} aria-hidden /> Draw one
        </Link>
      </Empty>
    );
  return (
    <>
      {save.error !== null && (
        <div className="mb-4">
          <Failure
            error={save.error}
            retry={() => {
              save.reset();
              refetch();
            }}
          />
        </div>
      )}
      <div className="grid gap-4 lg:grid-cols-2">
        {charts.map((chart, i) => {
          const spec = specOf(chart);
          return (
            <ChartPanel
              // Two charts may be the same.
              key={`${i} ${JSON.stringify(chart)}`}
              spec={spec}
              actions={
                <>
                  <IconButton
                    says={`Move ${spec.title} forward`}
                    off={i === 0}
                    act={() => change(swapped(i, i - 1))}
                  >
                    <ArrowLeft size={16} aria-hidden />
                  </IconButton>
                  <IconButton
                    says={`Move ${spec.title} back`}
                    off={i === charts.length - 1}
                    act={() => change(swapped(i, i + 1))}
                  >
                    <ArrowRight size={16} aria-hidden />
                  </IconButton>
                  <IconButton
                    says={`Remove ${spec.title}`}
                    act={() => change(charts.filter((_, at) => at !== i))}
                  >
                    <Trash2 size={16} aria-hidden />
                  </IconButton>
                </>
              }
            />
          );
        })}
      </div>
    </>
  );
}

function IconButton({
  says,
  off = false,
  act,
  children,
}: {
  says: string;
  off?: boolean;
  act: () => void;
  children: ReactNode;
}) {
  return (
    <button type="button" className="icon-button" aria-label={says} title={says} disabled={off} onClick={act}>
      {children}
    </button>
  );
}

function Actions({ board }: { board: BoardInfo }) {
  const { client } = useSession();
  const queries = useQueryClient();
  const [, go] = useLocation();
  const [asking, setAsking] = useState(false);
  const remove = useMutation({
    mutationFn: () => client.deleteBoard(board.name),
    onSuccess: () => {
      queries.setQueryData<readonly BoardInfo[]>(['boards'], (all) =>
        all?.filter(({ name }) => name !== board.name),
      );
      queries.removeQueries({ queryKey: ['board', board.name] });
      go('/boards');
    },
  });
  return (
    <>
      <button type="button" className="button" onClick={() => setAsking(true)}>
        <Trash2 size={16} aria-hidden /> Remove
      </button>
      {asking && (
        <Modal title="Remove the board" close={() => setAsking(false)}>
          <div className="space-y-4 p-5">
            <h2 className="break-words">Remove {board.title}?</h2>
            <p>Its charts are gone for everybody. Export it first to keep them.</p>
            {remove.error !== null && <Failure error={remove.error} />}
            <div className="flex gap-2">
              <button
                type="button"
                className="button first"
                disabled={remove.isPending}
                onClick={() => remove.mutate()}
              >
                Remove the board
              </button>
              <button type="button" className="button" onClick={() => setAsking(false)}>
                Keep it
              </button>
            </div>
          </div>
        </Modal>
      )}
    </>
  );
}
