import { type FormEvent, useEffect, useRef, useState } from 'react';
import { CommandLine, Failure, Skeleton } from '../parts/states.tsx';
import { codeInAddress, onCode, type Session, sessionOf, signInByCode } from '../session.ts';

/** Taken once, before anything is shown: React runs effects twice while it is developed with. */
const code = codeInAddress();
let exchange = code === undefined ? undefined : signInByCode(code);

/** What the gateway advises is for a terminal. */
const wayIn = (status: number | undefined): string | undefined =>
  status === 401 || status === 403 ? 'Open a new link, or paste a token that is still taken.' : undefined;

export function SignInPage({ signedIn }: { signedIn: (session: Session) => void }) {
  const [waiting, setWaiting] = useState(exchange !== undefined);
  const [error, setError] = useState<unknown>();
  const [missing, setMissing] = useState(false);
  const field = useRef<HTMLInputElement>(null);

  const enter = (session: Promise<Session>): void => {
    setWaiting(true);
    setError(undefined);
    setMissing(false);
    session.then(signedIn, (thrown: unknown) => {
      setError(thrown);
      setWaiting(false);
    });
  };
  useEffect(() => {
    if (exchange !== undefined) enter(exchange);
    exchange = undefined;
  });
  // The link leads to the page that is shown already: only what stands behind its # is new.
  useEffect(() => onCode((late) => enter(signInByCode(late))), []);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const token = field.current?.value.trim() ?? '';
    setError(undefined);
    setMissing(token === '');
    if (token === '') field.current?.focus();
    else enter(sessionOf(token));
  };

  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-5 p-4">
      <div className="flex items-center gap-3">
        <img src="/icon.svg" alt="" className="size-9" />
        <h1>Sign in to Wherry</h1>
      </div>
      {error !== undefined && <Failure error={error} next={wayIn} />}
      {waiting ? (
        <Skeleton what="the gateway" />
      ) : (
        <form onSubmit={submit} className="panel space-y-5 p-5">
          <div>
            <h2>With a link</h2>
            <p className="mt-1 text-muted">This opens the dashboard signed in. The link works once.</p>
            <CommandLine text="npx wherry dashboard --open" />
          </div>
          <div className="border-t border-line pt-4">
            <label htmlFor="token" className="font-semibold text-strong">
              With a token
            </label>
            <input
              id="token"
              ref={field}
              type="password"
              autoComplete="off"
              className="field mt-2 w-full font-mono"
              aria-invalid={missing}
              aria-describedby={missing ? 'missing where' : 'where'}
            />
            {missing && (
              <p id="missing" role="alert" className="mt-1 text-bad">
                <span aria-hidden>■ </span>Paste a token first.
              </p>
            )}
            <p id="where" className="mt-2 text-muted">
              It stays in this tab’s memory: after a reload you are asked again.
            </p>
          </div>
          <button type="submit" className="button first w-full">
            Sign in
          </button>
        </form>
      )}
    </main>
  );
}
