import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';

const Tell = createContext<(text: string) => void>(() => {});
const shownMs = 6_000;

/** Says in a sentence what was done; read out too, and gone by itself. */
export function Notices({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState({ text: '', times: 0 });
  const tell = useCallback((text: string) => setSaid(({ times }) => ({ text, times: times + 1 })), []);
  useEffect(() => {
    const timer = setTimeout(() => setSaid((now) => ({ ...now, text: '' })), shownMs);
    return () => clearTimeout(timer);
  }, [said.times]);
  return (
    <Tell.Provider value={tell}>
      {children}
      <p
        role="status"
        className={
          said.text === ''
            ? 'sr-only'
            : 'panel fixed right-4 bottom-16 z-30 max-w-[calc(100vw-2rem)] px-4 py-2.5 break-words text-strong shadow-lg md:bottom-4'
        }
      >
        {said.text}
      </p>
    </Tell.Provider>
  );
}

export const useTell = (): ((text: string) => void) => useContext(Tell);
