import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSession } from '../../current-session.ts';
import { ShowCommand } from '../../parts/show-command.tsx';
import type { Asked, Of } from './request.ts';
import { requestLines } from './request-lines.ts';

/** What the form asks, as lines that do the same elsewhere. */
export function ShowRequest({ of, asked }: { of: Of; asked: Asked }) {
  const lines = useRequestLines(of, asked);
  return <ShowCommand command={lines['CLI']} path="" curl={lines['curl']} />;
}

/** The request for other tools. */
export function CopyMenu({ of, asked }: { of: Of; asked: Asked }) {
  const [said, setSaid] = useState('Copy as');
  const lines = useRequestLines(of, asked);
  return (
    <select
      aria-label="Copy the request as"
      className="field"
      value=""
      onChange={(event) =>
        void navigator.clipboard.writeText(lines[event.target.value] ?? '').then(
          () => setSaid('Copied'),
          () => setSaid('Not allowed'),
        )
      }
    >
      <option value="">{said}</option>
      {Object.keys(lines).map((name) => (
        <option key={name} disabled={lines[name] === undefined}>
          {name}
        </option>
      ))}
    </select>
  );
}

export function useRequestLines(of: Of, asked: Asked): ReturnType<typeof requestLines> {
  return requestLines(of, asked, useGateway());
}

/** Where functions are called from outside: not on this origin, where their answers are data. Only who may know of listeners is told. */
function useGateway(): string {
  const { client } = useSession();
  const { data } = useQuery({ queryKey: ['doctor'], queryFn: () => client.doctor(), retry: false });
  return data?.listeners.find(({ name }) => name === 'api')?.url ?? `http://${location.hostname}:8080`;
}
