import { instanceWords, rowSearch } from '@wherry/wire/tables/search';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useNamespace } from '../../functions.ts';
import type { Column } from '../../parts/data-table.tsx';
import { SearchField } from '../../parts/filters.tsx';
import { functionPath } from '../../paths.ts';
import { useQueryText } from '../../query-text.ts';

interface Owned {
  readonly name: string;
  readonly namespace: string;
}

/** Those of the namespace that is looked at and of a function that is typed; the field for that. */
export function useMine<T extends Owned>(): {
  readonly filter: (all: readonly T[]) => readonly T[];
  readonly field: ReactNode;
} {
  const [namespace] = useNamespace();
  const [text, setText] = useQueryText('text');
  const found = rowSearch(text);
  return {
    filter: (all) =>
      all.filter((one) => (namespace === '' || one.namespace === namespace) && found(instanceWords(one))),
    field: <SearchField label="Filter by function" placeholder="Function" value={text} set={setText} />,
  };
}

export const ofFunction = <T extends Owned>(): Column<T> => ({
  head: 'Function',
  width: 'minmax(0,1.5fr)',
  narrow: 'minmax(0,1fr)',
  cell: (one) => (
    <Link href={functionPath(one)} className="font-medium text-strong hover:underline" title={one.namespace}>
      {one.name}
    </Link>
  ),
});
