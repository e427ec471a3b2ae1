import { type FormEvent, useRef, useState } from 'react';
import { useHistoryState } from 'wouter/use-browser-location';
import { useSession } from '../../current-session.ts';
import { Failure } from '../../parts/states.tsx';
import { Answer } from './answer.tsx';
import { CopyMenu } from './copy-request.tsx';
import { type Answered, type Asked, callFunction, headersIn } from './invocation.ts';

const methods = ['POST', 'GET', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

/** Left what is asked, right what was answered. */
export function Invoke({ of }: { of: { name: string; namespace: string } }) {
  const { client } = useSession();
  // What the page before gave along, such as the example of the store.
  const given = useHistoryState<{ readonly asked?: Partial<Asked> } | null>();
  const [asked, setAsked] = useState<Asked>({
    method: 'POST',
    path: '/',
    headers: '',
    body: '',
    later: false,
    ...given?.asked,
  });
  const [file, setFile] = useState<File>();
  const [answer, setAnswer] = useState<Answered>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const change = (part: Partial<Asked>): void => setAsked({ ...asked, ...part });

  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    setAnswer(undefined);
    try {
      await callFunction(client, of, asked, file, setAnswer);
    } catch (thrown) {
      setError(thrown);
    }
    setBusy(false);
  };

  return (
    <div className="grid gap-5 lg:grid-cols-2">
      <form
        ref={form}
        onSubmit={(event) => void send(event)}
        onKeyDown={(event) => {
          if ((event.ctrlKey || event.metaKey) && event.key === 'Enter') form.current?.requestSubmit();
        }}
        className="panel h-fit space-y-4 p-4"
        aria-label="Request"
      >
        <div className="flex gap-2">
          <select
            aria-label="Method"
            className="field"
            value={asked.later ? 'POST' : asked.method}
            disabled={asked.later}
            onChange={(event) => change({ method: event.target.value })}
          >
            {methods.map((method) => (
              <option key={method}>{method}</option>
            ))}
          </select>
          <input
            aria-label="Path and query"
            className="field min-w-0 grow font-mono text-[13px]"
            value={asked.path}
            spellCheck={false}
            onChange={(event) => change({ path: event.target.value })}
          />
        </div>
        <Area
          name="Headers"
          hint="Content-Type: application/json"
          rows={2}
          value={asked.headers}
          set={(headers) => change({ headers })}
        />
        <Area name="Body" hint="" rows={8} value={asked.body} set={(body) => change({ body })} />
        <label className="block">
          <span className="text-xs text-muted">Or a file as the body</span>
          <input
            type="file"
            className="mt-1 block w-full file:mr-3 file:cursor-pointer file:rounded-md file:border file:border-solid file:border-line-strong file:bg-surface-1 file:px-3 file:py-1 file:text-strong"
            onChange={(event) => setFile(event.target.files?.[0])}
          />
        </label>
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
        {headersIn(asked.headers) === undefined && (
          <p role="alert" className="text-bad">
            ■ A header is a line like Name: value
          </p>
        )}
      </form>
      <section aria-label="Answer" className="min-w-0">
        {error !== undefined && <Failure error={error} />}
        {answer !== undefined && <Answer answer={answer} />}
        {answer === undefined && error === undefined && (
          <div className="panel p-8 text-center text-muted">
            {busy ? (
              'Waiting for the answer'
            ) : (
              <>
                The answer comes here. <kbd>Ctrl Enter</kbd> sends.
              </>
            )}
          </div>
        )}
      </section>
    </div>
  );
}

function Area({
  name,
  hint,
  rows,
  value,
  set,
}: {
  name: string;
  hint: string;
  rows: number;
  value: string;
  set: (value: string) => void;
}) {
  return (
    <label className="block">
      <span className="text-xs text-muted">{name}</span>
      <textarea
        className="field mt-1 block w-full font-mono text-[13px]"
        placeholder={hint}
        rows={rows}
        value={value}
        spellCheck={false}
        onChange={(event) => set(event.target.value)}
      />
    </label>
  );
}
