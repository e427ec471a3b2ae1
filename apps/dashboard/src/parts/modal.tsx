import { type ReactNode, useEffect, useRef, useState } from 'react';

/** A dialog of the browser's own: it keeps the focus, gives it back, and closes by Escape or a click beside it. */
export function Modal({ title, close, children }: { title: string; close: () => void; children: ReactNode }) {
  const box = useRef<HTMLDialogElement>(null);
  // Before something inside takes it.
  const [from] = useState(() => document.activeElement);
  useEffect(() => {
    const dialog = box.current;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (from instanceof HTMLElement) from.focus();
    };
  }, [from]);
  return (
    <dialog
      ref={box}
      aria-label={title}
      onClose={close}
      onClick={(event) => event.target === box.current && close()}
      className="panel mx-auto mt-[8vh] max-h-[84vh] w-[min(40rem,calc(100vw-1.5rem))] p-0 text-normal shadow-2xl"
    >
      {children}
    </dialog>
  );
}
