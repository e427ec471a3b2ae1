import { Plus, X } from 'lucide-react';
import { useId } from 'react';

/** A name and its value, in the order that they are shown. */
export type Pair = readonly [name: string, value: string];

export const pairsOf = (record: Readonly<Record<string, string>> | null | undefined): readonly Pair[] =>
  Object.entries(record ?? {});

/** Rows without a name are not meant. */
export const recordOf = (pairs: readonly Pair[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    pairs.filter(([name]) => name.trim() !== '').map(([name, value]) => [name.trim(), value]),
  );

/** Names and values as rows that can be added, changed and removed. */
export function PairRows({
  title,
  pairs,
  set,
  plain = false,
}: {
  title: string;
  pairs: readonly Pair[];
  set: (pairs: readonly Pair[]) => void;
  /** Part of a form rather than a panel of its own. */
  plain?: boolean;
}) {
  const heading = useId();
  const change = (i: number, pair: Pair): void => set(pairs.map((one, at) => (at === i ? pair : one)));
  return (
    <section aria-labelledby={heading} className={plain ? '' : 'panel p-4'}>
      <h2 id={heading} className={plain ? 'mb-1 text-xs font-normal text-muted' : 'mb-2'}>
        {title}
      </h2>
      <div className="space-y-2">
        {pairs.map(([name, value], i) => (
          // A row is its place: names are being typed.
          <div key={i} className="flex gap-2">
            <input
              aria-label={`${title}, name ${i + 1}`}
              className="field w-2/5 min-w-0 font-mono text-[13px]"
              spellCheck={false}
              value={name}
              onChange={(event) => change(i, [event.target.value, value])}
            />
            <textarea
              rows={1}
              aria-label={`${title}, value ${i + 1}`}
              className="field field-sizing-content max-h-40 min-w-0 grow resize-none font-mono text-[13px]"
              spellCheck={false}
              value={value}
              onChange={(event) => change(i, [name, event.target.value])}
            />
            <button
              type="button"
              className="icon-button"
              aria-label={`Remove ${name === '' ? `row ${i + 1}` : name} of ${title}`}
              onClick={() => set(pairs.filter((_, at) => at !== i))}
            >
              <X size={16} aria-hidden />
            </button>
          </div>
        ))}
        <button
          type="button"
          className={plain ? 'button small' : 'button'}
          onClick={() => set([...pairs, ['', '']])}
        >
          <Plus size={16} aria-hidden /> Add to {title.toLowerCase()}
        </button>
      </div>
    </section>
  );
}
