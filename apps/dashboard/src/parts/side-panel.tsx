import { X } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { useKeys } from '../keys.ts';

/** What is known of a row, beside the list. The focus goes into it and comes back; Escape closes it. */
export function SidePanel({
  title,
  close,
  children,
}: {
  title: string;
  close: () => void;
  children: ReactNode;
}) {
  const head = useRef<HTMLHeadingElement>(null);
  useKeys({ close });
  useEffect(() => {
    const before = document.activeElement;
    head.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [title]);
  return (
    <aside
      aria-label={title}
      className="panel fixed inset-y-0 right-0 z-10 w-[min(34rem,100vw)] overflow-y-auto rounded-none border-y-0 border-r-0 p-5 shadow-2xl"
    >
      <div className="mb-4 flex items-start gap-3">
        <h2 ref={head} tabIndex={-1} className="min-w-0 grow text-[16px] break-words outline-none">
          {title}
        </h2>
        <button type="button" className="button" aria-label="Close" onClick={close}>
          <X size={16} aria-hidden />
        </button>
      </div>
      {children}
    </aside>
  );
}
