import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useHistoryState } from 'wouter/use-browser-location';
import { useSession } from '../../current-session.ts';
import { Failure } from '../../parts/states.tsx';
import { useQueryText } from '../../query-text.ts';
import { bytes } from '../../words.ts';
import { Answer } from './answer.tsx';
import { askedOf } from './captured-request.ts';
import { type Answered, callFunction } from './invocation.ts';
import { type Asked, nothingAsked, type Of } from './request.ts';
import { RequestForm } from './request-form.tsx';
import { askedBy, savedRequests } from './saved-requests.ts';

/** Left what is asked, right what was answered. `?request=` is a saved request, `?call=` one whose bodies are kept. */
export function Invoke({ of, told }: { of: Of; told: (asked: Asked) => void }) {
  const { client } = useSession();
  const [saved, choose] = useQueryText('request');
  const [call] = useQueryText('call');
  // What the page before gave along, such as the example of the store.
  const given = useHistoryState<{ readonly asked?: Partial<Asked> } | null>();
  const [asked, setAsked] = useState<Asked>({ ...nothingAsked, ...given?.asked });
  const [answer, setAnswer] = useState<Answered & { readonly later: boolean }>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState<AbortController>();
  useEffect(() => told(asked), [told, asked]);
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  useEffect(() => {
    const found = savedRequests(of).find(({ name }) => name === saved);
    if (found !== undefined) setAsked(askedBy(found));
  }, [saved]);
  const captured = useQuery({
    queryKey: ['capture', call],
    queryFn: () => client.readCapture(call),
    enabled: call !== '',
    staleTime: Infinity,
    retry: false,
  });
  useEffect(() => {
    if (captured.data !== undefined) setAsked(askedOf(captured.data));
  }, [captured.data]);

  const send = async (): Promise<void> => {
    const stopping = new AbortController();
    running.current?.abort();
    running.current = stopping;
    const mine = (): boolean => running.current === stopping;
    setBusy(stopping);
    setError(undefined);
    setAnswer(undefined);
    try {
      await callFunction(
        client,
        of,
        asked,
        stopping.signal,
        (told) => mine() && setAnswer({ ...told, later: asked.later }),
      );
    } catch (thrown) {
      if (mine() && !stopping.signal.aborted) setError(thrown);
    }
    if (mine()) setBusy(undefined);
  };
  const stop = busy === undefined ? undefined : () => busy.abort();

  return (
    <div className="grid gap-5 lg:grid-cols-2">
      <div className="min-w-0 space-y-3">
        {captured.error !== null && <Failure error={captured.error} />}
        {captured.data !== undefined && <Kept of={captured.data.request} />}
        <RequestForm
          of={of}
          asked={asked}
          change={(part) => setAsked((before) => ({ ...before, ...part }))}
          saved={saved}
          choose={choose}
          busy={busy !== undefined}
          send={() => void send()}
        />
      </div>
      <section aria-label="Answer" className="min-w-0">
        {error !== undefined && <Failure error={error} />}
        {answer !== undefined && <Answer of={of} answer={answer} later={answer.later} stop={stop} />}
        {answer === undefined && error === undefined && (
          <div className="panel p-8 text-center text-muted">
            {stop === undefined ? (
              <>
                The answer comes here.
                <span className="pointer-coarse:hidden">
                  {' '}
                  <kbd>Ctrl Enter</kbd> sends.
                </span>
              </>
            ) : (
              <>
                <p>Waiting for the answer</p>
                <button type="button" className="button mt-3" onClick={stop}>
                  Stop waiting
                </button>
              </>
            )}
          </div>
        )}
      </section>
    </div>
  );
}

/** What of the call that is repeated is not there to be repeated. */
function Kept({
  of: { withheld, cut, bytes: all, body },
}: {
  of: {
    readonly withheld: readonly string[];
    readonly cut?: boolean;
    readonly bytes: number;
    readonly body: string;
  };
}) {
  if (withheld.length === 0 && cut !== true) return null;
  return (
    <p className="panel border-l-4 border-l-warn p-3 break-words">
      {withheld.length > 0 && `Sent too, and never kept: ${withheld.join(', ')}. `}
      {cut === true &&
        `Of its body, ${bytes(all)} long, only the beginning was kept (${body.length} characters).`}
    </p>
  );
}
