import {
  Box,
  CircleHelp,
  LayoutGrid,
  LineChart,
  ListTree,
  LogOut,
  Rocket,
  Search,
  SunMoon,
} from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useKeys } from './keys.ts';
import { Connection } from './parts/connection.tsx';
import { KeySheet } from './parts/key-sheet.tsx';
import { Palette } from './parts/palette.tsx';
import { changeTheme } from './parts/theme.ts';

const entries = [
  { to: '/functions', word: 'Functions', Icon: Box, phone: true },
  { to: '/calls', word: 'Calls', Icon: ListTree, phone: true },
  { to: '/explore', word: 'Explore', Icon: LineChart, phone: false },
  { to: '/boards', word: 'Boards', Icon: LayoutGrid, phone: false },
  { to: '/deploy', word: 'Deploy', Icon: Rocket, phone: false },
];

/** What stands around every page: where one can go, what is searched, and whether what is shown is of now. */
export function Frame({ children, signOut }: { children: ReactNode; signOut: () => void }) {
  const [, go] = useLocation();
  const [open, setOpen] = useState<'palette' | 'keys'>();
  useKeys({
    search: () => setOpen('palette'),
    sheet: () => setOpen('keys'),
    goFunctions: () => go('/functions'),
    goCalls: () => go('/calls'),
    goExplore: () => go('/explore'),
    goBoards: () => go('/boards'),
    deploy: () => go('/deploy'),
    theme: changeTheme,
  });
  return (
    <div className="flex h-dvh max-md:flex-col">
      <a
        href="#content"
        className="button absolute -top-20 left-2 z-20 focus:top-2"
        onClick={(event) => {
          event.preventDefault();
          document.querySelector<HTMLElement>('#content')?.focus();
        }}
      >
        Skip to the content
      </a>
      <nav
        aria-label="Pages"
        className="flex shrink-0 gap-1 border-line bg-surface-1 p-3 max-md:order-last max-md:justify-around max-md:border-t max-md:p-1.5 md:w-52 md:flex-col md:border-r"
      >
        <span className="mb-3 flex items-center gap-2.5 px-2 py-1 font-semibold text-strong max-md:hidden">
          <img src="/icon.svg" alt="" className="size-6" />
          Wherry
        </span>
        {entries.map((entry) => (
          <Entry key={entry.to} {...entry} />
        ))}
        <button type="button" className={entryLook(false)} onClick={() => setOpen('palette')}>
          <Search size={16} aria-hidden /> Search <kbd className="ml-auto max-md:hidden">/</kbd>
        </button>
        <span className="grow max-md:hidden" />
        <button type="button" className={entryLook(false)} onClick={changeTheme}>
          <SunMoon size={16} aria-hidden /> Theme
        </button>
        <button
          type="button"
          className={`${entryLook(false)} max-md:hidden!`}
          onClick={() => setOpen('keys')}
        >
          <CircleHelp size={16} aria-hidden /> Keys <kbd className="ml-auto">?</kbd>
        </button>
        <button type="button" className={entryLook(false)} onClick={signOut}>
          <LogOut size={16} aria-hidden /> Sign out
        </button>
      </nav>
      <div className="flex min-h-0 min-w-0 grow flex-col">
        <Connection />
        <main id="content" tabIndex={-1} className="min-h-0 grow overflow-y-auto p-6 outline-none max-md:p-3">
          {children}
        </main>
      </div>
      {open === 'palette' && <Palette close={() => setOpen(undefined)} />}
      {open === 'keys' && <KeySheet close={() => setOpen(undefined)} />}
    </div>
  );
}

function Entry({ to, word, Icon, phone }: (typeof entries)[number]) {
  const [path] = useLocation();
  const here = path.startsWith(to);
  return (
    <Link
      href={to}
      aria-current={here ? 'page' : undefined}
      // What has no room in the bar of a phone is found by Search.
      className={`${entryLook(here)} ${phone ? '' : 'max-md:hidden!'}`}
    >
      <Icon size={16} aria-hidden /> {word}
    </Link>
  );
}

const entryLook = (here: boolean): string =>
  `flex min-h-8 items-center gap-2.5 rounded-md px-2 text-left hover:bg-surface-2 max-md:flex-col max-md:gap-0.5 max-md:py-1 max-md:text-xs ${
    here ? 'bg-surface-2 font-semibold text-accent' : 'text-normal'
  }`;

/** The top of a page: its one heading, and what is done with the whole of it. */
export function PageHead({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <header className="mb-4 flex flex-wrap items-center gap-x-3 gap-y-2">
      <h1>{title}</h1>
      <span className="grow" />
      {children}
    </header>
  );
}
