import { ClientError } from '@wherry/wire/client-error';
import { type ReactNode, useEffect, useState } from 'react';
import { plain } from '../pages/logs/log-text.ts';

/** Grey rows for a moment; from then on a sentence that says what is waited for, and since when. */
export function Skeleton({ what }: { what: string }) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((now) => now + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className="space-y-2" aria-busy>
      {[0, 1, 2].map((row) => (
        <div key={row} className="skeleton h-9 rounded-md bg-surface-2" />
      ))}
      {seconds > 0 && (
        <p className="text-muted">
          Waiting for {what}, {seconds} s
        </p>
      )}
    </div>
  );
}

/** A failure with its code, its reason, what to do next, and the id to ask about. */
export function Failure({
  error,
  retry,
  next: ours = signInAgain,
}: {
  error: unknown;
  retry?: () => void;
  /** What to do next, where this page knows better than the gateway, which speaks to terminals too. */
  next?: (status: number | undefined) => string | undefined;
}) {
  const next = ours(error instanceof ClientError ? error.status : undefined);
  const report = error instanceof ClientError ? error.report : undefined;
  return (
    <section role="alert" className="panel border-l-4 border-l-bad p-4">
      <h2>
        <span className="text-bad" aria-hidden>
          ■{' '}
        </span>
        {report?.title ?? 'The page failed'}
      </h2>
      <p className="mt-1 break-words">{report?.cause ?? String(error)}</p>
      {report !== undefined && (next ?? report.next) !== '' && (
        <p className="mt-1 text-strong">Next: {next ?? report.next}</p>
      )}
      <p className="mt-2 font-mono text-xs break-all text-muted">
        {report?.code ?? 'dashboard'}
        {report?.callId !== undefined && ` · id ${report.callId}`}
      </p>
      {report?.excerpt !== undefined && report.excerpt !== '' && (
        <pre
          tabIndex={0}
          aria-label="What it said last"
          className="mt-3 max-h-72 overflow-auto rounded-md bg-surface-2 p-3 font-mono text-[13px] break-all whitespace-pre-wrap text-strong"
        >
          {report.excerpt.trimEnd().split('\n').map(plain).join('\n')}
        </pre>
      )}
      {retry !== undefined && (
        <button type="button" className="button mt-3" onClick={retry}>
          Try again
        </button>
      )}
    </section>
  );
}

const signInAgain = (status: number | undefined): string | undefined =>
  status === 401 ? 'Sign out, and in again.' : undefined;

/** Nothing there, and the exact command that changes that. */
export function Empty({
  title,
  command,
  children,
}: {
  title: string;
  command?: string;
  children?: ReactNode;
}) {
  return (
    <section className="panel p-8 text-center">
      <h2>{title}</h2>
      {children !== undefined && <p className="mt-1 text-muted">{children}</p>}
      {command !== undefined && <CommandLine text={command} />}
    </section>
  );
}

/** A line for a terminal, and a button that copies it. */
export function CommandLine({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <span className="mt-3 flex items-start gap-2 text-left">
      <code className="min-w-0 grow rounded-md bg-surface-2 px-3 py-1.5 font-mono text-[13px] break-all whitespace-pre-wrap text-strong">
        {text}
      </code>
      <button
        type="button"
        className="button"
        onClick={() =>
          void navigator.clipboard.writeText(text).then(
            () => setCopied(true),
            () => setCopied(false),
          )
        }
      >
        {copied ? 'Copied' : 'Copy'}
      </button>
    </span>
  );
}
