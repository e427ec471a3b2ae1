import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { BoardInfo, BoardRequest } from '@wherry/wire/boards';
import type { ChartSpec } from '../../charts/chart-panel.tsx';
import { kinds } from '../../charts/kinds.ts';
import { units } from '../../charts/units.ts';
import { useSession } from '../../current-session.ts';

export type BoardChart = BoardInfo['charts'][number];

export function useBoards() {
  const { client } = useSession();
  return useQuery({ queryKey: ['boards'], queryFn: () => client.listBoards() });
}

export function useBoard(name: string) {
  const { client } = useSession();
  return useQuery({ queryKey: ['board', name], queryFn: () => client.readBoard(name) });
}

/** Keeps a board; whoever was faster wins, and that is told. */
export function useSaveBoard() {
  const { client } = useSession();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ name, ...body }: BoardRequest & { name: string }) => client.putBoard(name, body),
    onSuccess: (board) => {
      queries.setQueryData(['board', board.name], board);
      void queries.invalidateQueries({ queryKey: ['boards'] });
    },
  });
}

/** A saved chart as it is drawn; what an older page doesn't know is drawn as a line. */
export function specOf({ title, kind, unit, queries }: BoardChart): ChartSpec {
  return {
    title: title === '' ? (queries[0]?.text ?? '') : title,
    kind: kinds.find((one) => one === kind) ?? 'line',
    unit: units.find((one) => one === unit) ?? 'number',
    queries,
  };
}

/** A name for the address from what people call it. */
export function nameFrom(title: string): string {
  const name = title
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'board' : name;
}
