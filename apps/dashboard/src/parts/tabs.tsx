import { useEffect, useRef } from 'react';
import { Link } from 'wouter';

/** Parts of one page, each with an address of its own. */
export function Tabs({
  label,
  tabs,
  current,
  to,
}: {
  label: string;
  tabs: readonly { readonly id: string; readonly word: string }[];
  current: string;
  to: (id: string) => string;
}) {
  const row = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a telephone it may stand beyond the edge.
    row.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [current]);
  return (
    <nav
      ref={row}
      aria-label={label}
      className="cut-off mb-4 flex gap-1 overflow-x-auto border-b border-line"
    >
      {tabs.map(({ id, word }) => (
        <Link
          key={id}
          href={to(id)}
          aria-current={id === current ? 'page' : undefined}
          ref={id === current ? intoView : undefined}
          className={`border-b-2 px-3 py-1.5 whitespace-nowrap ${id === current ? 'border-accent font-semibold text-accent' : 'border-transparent hover:text-strong'}`}
        >
          {word}
        </Link>
      ))}
    </nav>
  );
}

/** On a telephone, not all of them are seen at once. */
export function intoView(tab: HTMLElement | null): void {
  tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}
