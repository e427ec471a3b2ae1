import { useRef } from 'react';
import { PairRows } from '../../parts/pair-rows.tsx';
import { CopyMenu } from './copy-request.tsx';
import { type Asked, bodiless, methodOf, notSent, type Of, refusal } from './request.ts';
import { RequestBody } from './request-body.tsx';
import { SavedMenu } from './saved-menu.tsx';

const methods = ['POST', 'GET', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

/** What is asked of the function. */
export function RequestForm({
  of,
  asked,
  change,
  saved,
  choose,
  busy,
  send,
}: {
  of: Of;
  asked: Asked;
  change: (part: Partial<Asked>) => void;
  /** The name of the saved request that it began with. */
  saved: string;
  choose: (name: string) => void;
  busy: boolean;
  send: () => void;
}) {
  const form = useRef<HTMLFormElement>(null);
  const wrong = refusal(asked);
  const dropped = notSent(asked);
  return (
    <div className="panel h-fit min-w-0 space-y-4 p-4">
      {/* Beside the form: what it asks in is a form, too. */}
      <SavedMenu of={of} asked={asked} chosen={saved} choose={choose} />
      <form
        ref={form}
        onSubmit={(event) => {
          event.preventDefault();
          if (wrong === undefined) send();
        }}
        onKeyDown={(event) => {
          if ((event.ctrlKey || event.metaKey) && event.key === 'Enter') form.current?.requestSubmit();
        }}
        className="space-y-4"
        aria-label="Request"
      >
        <div className="flex gap-2">
          <select
            aria-label="Method"
            className="field"
            value={methodOf(asked)}
            disabled={asked.later}
            onChange={(event) => change({ method: event.target.value })}
          >
            {methods.includes(methodOf(asked)) ? null : <option>{methodOf(asked)}</option>}
            {methods.map((method) => (
              <option key={method}>{method}</option>
            ))}
          </select>
          <input
            aria-label="Path"
            className="field min-w-0 grow font-mono text-[13px]"
            value={asked.path}
            spellCheck={false}
            onChange={(event) => change({ path: event.target.value })}
          />
        </div>
        <PairRows title="Query" plain pairs={asked.query} set={(query) => change({ query })} />
        <label className="block">
          <span className="text-xs text-muted">Headers</span>
          <textarea
            className="field mt-1 block w-full font-mono text-[13px]"
            placeholder="X-Name: value"
            rows={Math.min(8, Math.max(2, asked.headers.split('\n').length))}
            value={asked.headers}
            spellCheck={false}
            onChange={(event) => change({ headers: event.target.value })}
          />
        </label>
        <RequestBody asked={asked} change={change} />
        <div className="flex flex-wrap items-center gap-3">
          <label className="flex min-h-6 items-center gap-2">
            <input
              type="checkbox"
              className="size-4 accent-accent"
              checked={asked.later}
              onChange={(event) => change({ later: event.target.checked })}
            />
            Queue it, and don’t wait
          </label>
          <span className="grow" />
          <CopyMenu of={of} asked={asked} />
          <button type="submit" className="button first" disabled={busy}>
            {busy ? 'Waiting …' : 'Send'}
          </button>
        </div>
        {wrong !== undefined && (
          <p role="alert" className="text-bad">
            ■ {wrong}
          </p>
        )}
        {dropped.length > 0 && (
          <p className="text-warn">
            ▲ No browser sends {dropped.join(', ')} for a page; copied as curl{' '}
            {dropped.length === 1 ? 'it goes' : 'they go'} along.
          </p>
        )}
        {bodiless(asked) && asked.body !== '' && (
          <p className="text-muted">The body that is written is not sent with a {methodOf(asked)}.</p>
        )}
      </form>
    </div>
  );
}
