import type { AuditState } from '@wherry/wire/audit';
import { useState } from 'react';
import { useSession } from '../../current-session.ts';
import { useTell } from '../../parts/notice.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { Failure } from '../../parts/states.tsx';
import { count } from '../../words.ts';

/** All of it is read and checked against its chain. */
export function Verify() {
  const { client } = useSession();
  const [found, setFound] = useState<AuditState | 'asked'>();
  const [error, setError] = useState<unknown>();
  const verify = (): void => {
    setError(undefined);
    setFound('asked');
    client.verifyAudit().then(setFound, (thrown: unknown) => {
      setFound(undefined);
      setError(thrown);
    });
  };
  return (
    <>
      <span role="status">
        {found === 'asked' && <span className="text-muted">Checking all of it …</span>}
        {found !== undefined && found !== 'asked' && found.verifies && (
          <span className="text-ok">● {count(found.records)} records, all as they were written</span>
        )}
        {found !== undefined && found !== 'asked' && !found.verifies && (
          <span className="text-bad">
            ■ {count(found.faults.length)} faults: {found.faults[0]?.says}
          </span>
        )}
      </span>
      <button type="button" className="button" onClick={verify} disabled={found === 'asked'}>
        Verify
      </button>
      {error !== undefined && <Failure error={error} retry={verify} />}
    </>
  );
}

/** With what proves it: `wherry audit verify FILE` checks it anywhere. */
export function ExportChain() {
  const { client } = useSession();
  const tell = useTell();
  const save = async (): Promise<void> => {
    const pieces = await Array.fromAsync(client.exportAudit('jsonl'));
    saveFile('audit.jsonl', new Blob(pieces.map((piece) => Uint8Array.from(piece))));
  };
  return (
    <button
      type="button"
      className="button"
      title="With what proves it: wherry audit verify FILE checks it anywhere"
      onClick={() => void save().catch((error: Error) => tell(`It failed: ${error.message}`))}
    >
      Export with proof
    </button>
  );
}
