import { type ReactNode, useId } from 'react';

/** A small table of a report; on a telephone it is scrolled by itself, and the page is not. */
export function FigureTable({
  title,
  heads,
  rows,
  numbers = false,
  note,
}: {
  title: string;
  heads: readonly string[];
  rows: readonly (readonly ReactNode[])[];
  /** Whether all columns but the first are numbers. */
  numbers?: boolean;
  /** What is left out. */
  note?: string;
}) {
  const heading = useId();
  const side = (at: number): string => (numbers && at > 0 ? 'text-right' : 'text-left');
  return (
    <section aria-labelledby={heading} className="panel overflow-hidden">
      <h3 id={heading} className="px-4 py-2.5 text-[14px] font-semibold text-strong">
        {title}
      </h3>
      {rows.length === 0 ? (
        <p className="border-t border-line px-4 py-2.5 text-muted">None.</p>
      ) : (
        <div tabIndex={0} role="group" aria-label={title} className="overflow-x-auto border-t border-line">
          <table className="w-full">
            <thead className="text-xs text-muted">
              <tr>
                {heads.map((head, at) => (
                  <th
                    key={head}
                    scope="col"
                    className={`px-4 py-2 font-normal whitespace-nowrap ${side(at)}`}
                  >
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((cells, row) => (
                // Rows have no name but their place, and never change.
                <tr key={row} className="border-t border-line hover:bg-surface-2">
                  {cells.map((cell, at) => (
                    <td key={heads[at]} className={`max-w-72 truncate px-4 py-2 ${side(at)}`}>
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {note !== undefined && <p className="border-t border-line px-4 py-2 text-xs text-muted">{note}</p>}
    </section>
  );
}
