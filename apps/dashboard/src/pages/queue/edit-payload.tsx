import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { QueuePayload } from '@wherry/wire/queue-payloads';
import type { QueuedCall } from '@wherry/wire/queued-calls';
import { type FormEvent, useState } from 'react';
import { useSession } from '../../current-session.ts';
import { useQueryText } from '../../query-text.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { useTell } from '../../parts/notice.tsx';
import { Failure } from '../../parts/states.tsx';

/** What a dead letter says, to be corrected and tried again; what failed stays as it was. */
export function EditPayload({ call, close }: { call: QueuedCall; close: () => void }) {
  const { client } = useSession();
  const query = useQuery({
    queryKey: ['payload', call.id],
    queryFn: () => client.readPayload(call.id),
    staleTime: Infinity,
    retry: false,
  });
  return (
    <Loaded query={query} what="what it says">
      {(payload) => <Editor key={call.id} payload={payload} close={close} />}
    </Loaded>
  );
}

function Editor({ payload, close }: { payload: QueuePayload; close: () => void }) {
  const { client } = useSession();
  const queries = useQueryClient();
  const tell = useTell();
  const [, open] = useQueryText('call');
  const [body, setBody] = useState(payload.body);
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const text = payload.encoding === 'utf8';
  const send = (event: FormEvent): void => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    client.redriveEdited(payload.id, { encoding: payload.encoding, body }).then(
      async ({ id }) => {
        tell('Tried again, edited.');
        await queries.invalidateQueries({ queryKey: ['queued'] });
        close();
        open(id);
      },
      (thrown: unknown) => {
        setError(thrown);
        setBusy(false);
      },
    );
  };
  return (
    <form
      aria-label="Edit and try again"
      className="panel space-y-3 p-3"
      onSubmit={send}
      onKeyDown={(event) => {
        if ((event.ctrlKey || event.metaKey) && event.key === 'Enter') event.currentTarget.requestSubmit();
      }}
    >
      <div>
        <span className="text-xs text-muted">{text ? 'Body' : 'Body, which is no text: in base64'}</span>
        <textarea
          autoFocus
          aria-label="Body"
          className="field mt-1 block w-full font-mono text-[13px]"
          rows={10}
          spellCheck={false}
          value={body}
          onChange={(event) => setBody(event.target.value)}
        />
      </div>
      <p className="text-muted">
        A new call, in your name. This one stays as it was, and says which call took its place.
      </p>
      {error !== undefined && <Failure error={error} />}
      <p className="flex justify-end gap-2">
        <button type="button" className="button" onClick={close}>
          Cancel
        </button>
        <button type="submit" className="button first" disabled={busy}>
          {busy ? 'Working …' : 'Try again, edited'}
        </button>
      </p>
    </form>
  );
}
