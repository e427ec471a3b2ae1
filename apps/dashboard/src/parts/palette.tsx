import { useState } from 'react';
import { useLocation } from 'wouter';
import { useFunctions } from '../functions.ts';
import { functionPath } from '../paths.ts';
import { places } from '../places.ts';
import { Modal } from './modal.tsx';
import { changeTheme } from './theme.ts';

const mostShown = 12;

interface Choice {
  readonly word: string;
  readonly kind: string;
  readonly act: () => void;
}

/** Functions by their names, and what can be done, in one list. */
export function Palette({ close }: { close: () => void }) {
  const [, go] = useLocation();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const { data: functions = [], isPending } = useFunctions('');
  const all: Choice[] = [
    ...places.map(({ word, to }) => ({ word, kind: 'page', act: () => go(to) })),
    { word: 'Change the theme', kind: 'command', act: changeTheme },
    ...functions.flatMap(({ name, namespace }) => [
      { word: name, kind: namespace, act: () => go(functionPath({ name, namespace })) },
      { word: `Invoke ${name}`, kind: 'command', act: () => go(functionPath({ name, namespace }, 'invoke')) },
    ]),
  ];
  const found = all
    .filter(({ word }) => word.toLowerCase().includes(text.trim().toLowerCase()))
    .slice(0, mostShown);
  const take = (choice: Choice | undefined): void => {
    if (choice === undefined) return;
    close();
    choice.act();
  };
  return (
    <Modal title="Search and commands" close={close}>
      <input
        autoFocus
        role="combobox"
        aria-expanded
        aria-controls="found"
        aria-activedescendant={found.length > 0 ? `found-${at}` : undefined}
        aria-label="Search functions and commands"
        placeholder="A function, a page, a command"
        className="w-full border-b border-line bg-transparent px-5 py-3.5 text-[16px] text-strong outline-none placeholder:text-muted"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
          if (step !== undefined) {
            event.preventDefault();
            setAt((now) => (now + step + found.length) % Math.max(found.length, 1));
          } else if (event.key === 'Enter') take(found[at]);
        }}
      />
      <ul id="found" role="listbox" aria-label="What was found" className="p-2">
        {found.map((choice, i) => (
          <li
            key={`${choice.kind} ${choice.word}`}
            id={`found-${i}`}
            role="option"
            aria-selected={i === at}
            className={`flex cursor-pointer rounded-md px-3 py-1.5 ${i === at ? 'bg-surface-2 text-strong' : ''}`}
            onPointerMove={() => setAt(i)}
            onClick={() => take(choice)}
          >
            <span className="grow truncate">{choice.word}</span>
            <span className="text-muted">{choice.kind}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 && (
        <p className="px-5 pb-4 text-muted">
          {isPending ? 'The functions are on their way.' : 'Nothing has that in its name.'}
        </p>
      )}
    </Modal>
  );
}
