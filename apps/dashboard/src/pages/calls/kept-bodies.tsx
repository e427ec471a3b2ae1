import { useQuery } from '@tanstack/react-query';
import type { CapturedCall, KeptBody, Replayed } from '@wherry/wire/captures';
import type { Call } from '@wherry/wire/calls';
import { useState } from 'react';
import { Link } from 'wouter';
import { useSession } from '../../current-session.ts';
import { HttpStatus } from '../../parts/chip.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { CommandLine, Failure } from '../../parts/states.tsx';
import { functionPath } from '../../paths.ts';
import { bytes, shellWord } from '../../words.ts';

const linkClass = 'font-mono text-[13px] break-all text-accent underline';

/** What was sent and what came back, where that is kept, and a way to make the call again. */
export function KeptBodies({ call, of }: { call: Call; of: { name: string; namespace: string } }) {
  const [wanted, setWanted] = useState(false);
  if (call.captured !== true) return <NotKept of={of} />;
  return (
    <section className="space-y-3">
      <p className="flex flex-wrap gap-2">
        {!wanted && (
          // Who reads what callers sent is in the audit log: so it is asked for.
          <button type="button" className="button" onClick={() => setWanted(true)}>
            What was sent and answered
          </button>
        )}
        <Replay id={call.id} of={of} />
        <Link href={`${functionPath(of, 'invoke')}?call=${encodeURIComponent(call.id)}`} className="button">
          Open in Invoke
        </Link>
      </p>
      {wanted && <Kept id={call.id} />}
    </section>
  );
}

function NotKept({ of }: { of: { name: string; namespace: string } }) {
  return (
    <section className="text-muted">
      <h3>What was sent and answered is not kept.</h3>
      <p className="mt-1">
        From the next call on it is, once <code className="font-mono text-[13px]">com.wherry.capture</code> is{' '}
        <code className="font-mono text-[13px]">failures</code> or{' '}
        <code className="font-mono text-[13px]">all</code> in the annotations of{' '}
        <Link href={functionPath(of, 'configuration')} className="text-accent underline">
          its configuration
        </Link>
        . Credentials are never kept.
      </p>
    </section>
  );
}

function Kept({ id }: { id: string }) {
  const { client } = useSession();
  const query = useQuery({
    queryKey: ['capture', id],
    queryFn: () => client.readCapture(id),
    staleTime: Infinity,
  });
  return (
    <Loaded query={query} what="what is kept">
      {({ request, answer }: CapturedCall) => (
        <div className="space-y-4">
          <Message title={`${request.method} ${request.path}`} of={request} name="Request" />
          <Message title={`Answer, ${answer.status}`} of={answer} name="Answer" />
          <CommandLine text={`wherry calls show ${shellWord(id)} --body`} />
        </div>
      )}
    </Loaded>
  );
}

function Message({
  title,
  of: { headers, withheld = [], ...body },
  name,
}: {
  title: string;
  of: KeptBody & { readonly headers: readonly string[]; readonly withheld?: readonly string[] };
  name: string;
}) {
  return (
    <section>
      <h3 className="mb-1 break-all text-strong">{title}</h3>
      <details className="mb-2">
        <summary className="cursor-pointer text-muted">
          {headers.length === 2 ? '1 header' : `${headers.length / 2} headers`}
        </summary>
        <pre className="mt-1 font-mono text-[13px] break-all whitespace-pre-wrap">
          {headers.map((text, i) => (i % 2 === 0 ? `${text}: ` : `${text}\n`)).join('')}
        </pre>
      </details>
      {withheld.length > 0 && <p className="mb-1 text-muted">Never kept: {withheld.join(', ')}</p>}
      <pre
        tabIndex={0}
        aria-label={`${name}, body`}
        className="max-h-60 overflow-auto rounded-md bg-surface-2 p-3 font-mono text-[13px] break-all whitespace-pre-wrap text-strong"
      >
        {body.body === '' ? <span className="text-muted">Nothing in it</span> : body.body}
      </pre>
      {body.encoding === 'base64' && <p className="mt-1 text-muted">Not text: in base64.</p>}
      {body.cut === true && <p className="mt-1 text-warn">▲ The beginning of {bytes(body.bytes)}.</p>}
    </section>
  );
}

/** The same request again, as a new call that says which it repeats. */
function Replay({ id, of }: { id: string; of: { name: string; namespace: string } }) {
  const { client } = useSession();
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState<Replayed>();
  const [error, setError] = useState<unknown>();
  const replay = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      setDone(await client.replayCall(id, {}));
    } catch (thrown) {
      setError(thrown);
    }
    setBusy(false);
  };
  return (
    <>
      <button type="button" className="button first" disabled={busy} onClick={() => void replay()}>
        {busy ? 'Calling …' : 'Replay'}
      </button>
      <span role="status" className="order-last basis-full empty:hidden">
        {done !== undefined && (
          <span className="block space-y-2">
            <span className="flex flex-wrap gap-x-3">
              Called again: <HttpStatus status={done.status} />
              <Link
                href={`${functionPath(of, 'calls')}?call=${encodeURIComponent(done.id)}`}
                className={linkClass}
              >
                {done.id}
              </Link>
            </span>
            {done.error !== undefined && (
              <span className="block break-words text-bad">■ {done.error.message}</span>
            )}
          </span>
        )}
      </span>
      {error !== undefined && (
        <div className="order-last basis-full">
          <Failure error={error} />
        </div>
      )}
      {done?.answer !== undefined && (
        <div className="order-last basis-full">
          <Message title={`Answer, ${done.status}`} of={done.answer} name="Answer of the replay" />
        </div>
      )}
    </>
  );
}
