import { useQuery } from '@tanstack/react-query';
import { ClientError } from '@wherry/wire/client-error';
import { type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from 'react';
import { useSession } from '../../current-session.ts';
import { completions, type Known, wordAt } from './completion.ts';

/** Where one writes a query: names are completed, and what is wrong is shown at its place. */
export function Expression({
  name,
  value,
  set,
  run,
  error,
}: {
  name: string;
  value: string;
  set: (value: string) => void;
  run: () => void;
  error: Error | null;
}) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [caret, setCaret] = useState<number>();
  const [at, setAt] = useState(0);
  const id = useId();
  const place = useRef<number>(undefined);
  // Before the next key comes.
  useLayoutEffect(() => {
    if (place.current !== undefined) field.current?.setSelectionRange(place.current, place.current);
    place.current = undefined;
  }, [value]);
  const known = useKnown();
  const word = caret === undefined ? undefined : wordAt(value, caret);
  const found = word === undefined ? [] : completions(word, known);
  const take = (text: string): void => {
    if (word === undefined || field.current === null) return;
    const next = value.slice(0, word.from) + text + value.slice(word.to);
    set(next);
    setCaret(undefined);
    place.current = word.from + text.length;
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      setCaret(undefined);
      run();
    }
    if (found.length === 0) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt((at + step + found.length) % found.length);
    } else if (event.key === 'Tab' && !event.shiftKey) {
      event.preventDefault();
      take(found[Math.min(at, found.length - 1)] ?? '');
    } else if (event.key === 'Escape') {
      event.preventDefault();
      setCaret(undefined);
    }
  };
  const chosen = Math.min(at, found.length - 1);
  return (
    <div className="relative min-w-0 grow">
      <textarea
        ref={field}
        rows={Math.min(6, value.split('\n').length)}
        aria-label={name}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={`${id}-found`}
        aria-activedescendant={found.length > 0 ? `${id}-${chosen}` : undefined}
        aria-invalid={error !== null}
        aria-describedby={error === null ? undefined : `${id}-error`}
        className="field field-sizing-content block max-h-48 w-full resize-y font-mono text-[13px]"
        spellCheck={false}
        autoCapitalize="off"
        value={value}
        onChange={(event) => {
          set(event.target.value);
          setCaret(event.target.selectionStart);
          setAt(0);
        }}
        onBlur={() => setCaret(undefined)}
        onKeyDown={press}
      />
      <ul
        id={`${id}-found`}
        role="listbox"
        aria-label="Names that fit; Tab takes one"
        hidden={found.length === 0}
        className="panel absolute top-full left-0 z-10 mt-1 max-h-64 overflow-auto p-1 font-mono text-[13px] shadow-xl"
      >
        {found.map((text, i) => (
          <li
            key={text}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === chosen}
            className={`cursor-pointer rounded px-2 py-0.5 ${i === chosen ? 'bg-surface-2 text-strong' : ''}`}
            onPointerDown={(event) => {
              event.preventDefault();
              take(text);
            }}
          >
            {text}
          </li>
        ))}
      </ul>
      <span role="status" className="sr-only">
        {found.length > 0 && `${found.length} names fit; Tab takes ${found[chosen]}`}
      </span>
      {error !== null && <Wrong id={`${id}-error`} text={value} error={error} />}
    </div>
  );
}

/** The line that is wrong with a mark below it, where the gateway says which, and what is wrong. */
function Wrong({ id, text, error }: { id: string; text: string; error: Error }) {
  const cause = error instanceof ClientError ? error.report.cause : error.message;
  const place = /^(\d+):(\d+): /.exec(cause);
  const line = place === null ? undefined : text.split('\n')[Number(place[1]) - 1];
  return (
    <div id={id} role="alert" className="mt-1">
      {line !== undefined && place !== null && (
        <pre aria-hidden className="overflow-x-auto px-[11px] font-mono text-[13px] text-bad" tabIndex={-1}>
          {`${line}\n${' '.repeat(Math.min(Number(place[2]) - 1, line.length))}▲`}
        </pre>
      )}
      <p className="break-words text-bad">
        <span aria-hidden>■ </span>
        {place === null ? cause : `Line ${place[1]}, column ${place[2]}: ${cause.slice(place[0].length)}`}
      </p>
    </div>
  );
}

function useKnown(): Known {
  const { client } = useSession();
  const options = { staleTime: 60_000 };
  const metrics = useQuery({
    queryKey: ['label values', '__name__'],
    queryFn: () => client.labelValues('__name__'),
    ...options,
  });
  const labels = useQuery({ queryKey: ['label names'], queryFn: () => client.labelNames(), ...options });
  return { metrics: metrics.data ?? [], labels: labels.data ?? [] };
}
