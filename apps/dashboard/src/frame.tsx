import { CircleHelp, LogOut, Menu, PanelLeft, Search, SunMoon } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { FiringCount } from './parts/firing-count.tsx';
import { useChosenNamespace } from './chosen-namespace.ts';
import { useKeys } from './keys.ts';
import { Connection } from './parts/connection.tsx';
import { KeySheet } from './parts/key-sheet.tsx';
import { Modal } from './parts/modal.tsx';
import { NamespaceSwitch } from './parts/namespace-switch.tsx';
import { useTell } from './parts/notice.tsx';
import { Palette } from './parts/palette.tsx';
import { changeTheme } from './parts/theme.ts';
import { type Place, places } from './places.ts';
import { onCode } from './session.ts';

const railSetting = 'rail';

/** What stands around every page: where one can go, what is searched, and whether what is shown is of now. */
export function Frame({ children, signOut }: { children: ReactNode; signOut: () => void }) {
  const [path, go] = useLocation();
  const behindMore = places.some(({ to, phone }) => phone !== true && isAt(path, to));
  const [namespace, choose] = useChosenNamespace();
  const [open, setOpen] = useState<'palette' | 'keys' | 'more'>();
  const [narrow, setNarrow] = useState(() => localStorage.getItem(railSetting) === 'narrow');
  const shut = (): void => setOpen(undefined);
  const fold = (): void => {
    localStorage.setItem(railSetting, narrow ? 'wide' : 'narrow');
    setNarrow(!narrow);
  };
  useKeys({
    search: () => setOpen('palette'),
    sheet: () => setOpen('keys'),
    theme: changeTheme,
    rail: fold,
    ...Object.fromEntries(places.map(({ key, to }) => [key, () => go(within(to, namespace))])),
  });
  const tell = useTell();
  useEffect(() => onCode(() => tell('You are signed in already. The link was not used.')), [tell]);
  const word = narrow ? 'md:sr-only' : '';
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
        className={`relative flex shrink-0 border-line md:gap-1 bg-surface-1 p-3 max-md:order-last max-md:justify-around max-md:border-t max-md:p-1.5 md:flex-col md:overflow-y-auto md:border-r ${narrow ? 'md:w-16' : 'md:w-52'}`}
      >
        <span className="mb-2 flex items-center gap-2.5 px-2 py-1 font-semibold text-strong max-md:hidden">
          <img src="/icon.svg" alt="" className="size-6" />
          <span className={word}>Wherry</span>
        </span>
        {!narrow && <NamespaceSwitch namespace={namespace} choose={choose} className="mb-2 max-md:hidden" />}
        {places.map((place) => (
          <Entry key={place.to} place={place} namespace={namespace} word={word} />
        ))}
        <button type="button" className={entryLook(false)} onClick={() => setOpen('palette')}>
          <Search size={16} aria-hidden /> <span className={word}>Search</span>
          <kbd className={`ml-auto max-md:hidden ${narrow ? 'md:hidden' : ''}`}>/</kbd>
        </button>
        <button
          type="button"
          className={`${entryLook(behindMore)} md:hidden`}
          aria-haspopup="dialog"
          aria-current={behindMore ? 'true' : undefined}
          onClick={() => setOpen('more')}
        >
          <Menu size={16} aria-hidden /> More
          <FiringCount corner />
        </button>
        <span className="grow max-md:hidden" />
        <span className="contents max-md:hidden">
          <Doings word={word} fold={fold} keys={() => setOpen('keys')} signOut={signOut} />
        </span>
      </nav>
      <div className="flex min-h-0 min-w-0 grow flex-col">
        <Connection />
        {/* What is placed in it is placed within it, so that nothing of it makes the window longer. */}
        <main
          id="content"
          tabIndex={-1}
          className="relative min-h-0 grow overflow-y-auto p-6 outline-none max-md:p-3"
        >
          {children}
        </main>
      </div>
      {open === 'palette' && <Palette close={shut} />}
      {open === 'keys' && <KeySheet close={shut} />}
      {open === 'more' && (
        <Modal title="More" close={shut}>
          <div className="flex flex-col gap-1 p-3">
            <NamespaceSwitch namespace={namespace} choose={choose} className="mb-2" />
            {places
              .filter(({ phone }) => phone !== true)
              .map(({ to, word: name, Icon }) => (
                <Link
                  key={to}
                  href={within(to, namespace)}
                  aria-current={isAt(path, to) ? 'page' : undefined}
                  className={`${lineLook} ${isAt(path, to) ? 'bg-surface-2 font-semibold text-accent' : 'text-normal'}`}
                  onClick={shut}
                >
                  <Icon size={16} aria-hidden /> {name}
                  {to === '/alerts' && <FiringCount />}
                </Link>
              ))}
            <Doings word="" keys={() => setOpen('keys')} signOut={signOut} />
          </div>
        </Modal>
      )}
    </div>
  );
}

function Doings({
  word,
  fold,
  keys,
  signOut,
}: {
  word: string;
  fold?: () => void;
  keys: () => void;
  signOut: () => void;
}) {
  return (
    <>
      {fold !== undefined && (
        <button type="button" className={lineLook} onClick={fold} aria-expanded={word === ''}>
          <PanelLeft size={16} aria-hidden /> <span className={word}>Fold</span>
        </button>
      )}
      <button type="button" className={lineLook} onClick={changeTheme}>
        <SunMoon size={16} aria-hidden /> <span className={word}>Theme</span>
      </button>
      <button type="button" className={lineLook} onClick={keys}>
        <CircleHelp size={16} aria-hidden /> <span className={word}>Keys</span>
      </button>
      <button type="button" className={lineLook} onClick={signOut}>
        <LogOut size={16} aria-hidden /> <span className={word}>Sign out</span>
      </button>
    </>
  );
}

function Entry({
  place: { to, word, Icon, phone },
  namespace,
  word: look,
}: {
  place: Place;
  namespace: string;
  word: string;
}) {
  const [path] = useLocation();
  const here = isAt(path, to);
  return (
    <Link
      href={within(to, namespace)}
      aria-current={here ? 'page' : undefined}
      className={`${entryLook(here)} ${phone === true ? '' : 'max-md:hidden'}`}
    >
      <Icon size={16} aria-hidden /> <span className={look}>{word}</span>
      {to === '/alerts' && <FiringCount corner={look !== ''} />}
    </Link>
  );
}

const isAt = (path: string, to: string): boolean => path === to || path.startsWith(`${to}/`);

/** The namespace that is looked at goes along. */
const within = (to: string, namespace: string): string =>
  namespace === '' ? to : `${to}?namespace=${encodeURIComponent(namespace)}`;

const lineLook = 'flex min-h-8 shrink-0 items-center gap-2.5 rounded-md px-2 text-left hover:bg-surface-2';

const entryLook = (here: boolean): string =>
  `relative flex min-h-8 shrink-0 items-center gap-2.5 rounded-md px-2 text-left hover:bg-surface-2 max-md:min-w-0 max-md:flex-col max-md:gap-0.5 max-md:px-1 max-md:py-1 max-md:text-xs ${
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
