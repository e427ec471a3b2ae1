import { useQuery } from '@tanstack/react-query';
import type { Call } from '@wherry/wire/calls';
import { useState } from 'react';
import { Link } from 'wouter';
import { useSession } from '../../current-session.ts';
import { HttpStatus } from '../../parts/chip.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { SidePanel } from '../../parts/side-panel.tsx';
import { StageBar } from '../../parts/stage-bar.tsx';
import { CommandLine } from '../../parts/states.tsx';
import { functionPath } from '../../paths.ts';
import { bytes, duration, shellWord } from '../../words.ts';
import { plain } from '../logs/log-text.ts';
import { KeptBodies } from './kept-bodies.tsx';

const mostLines = 200;

/** Everything that is known of one call. */
export function CallPanel({ call, close }: { call: Call; close: () => void }) {
  const { name, namespace } = call;
  return (
    <SidePanel title={`${call.method} ${call.target}${call.path}`} close={close}>
      <div className="space-y-5">
        <StageBar {...call} />
        <Facts
          of={[
            ['Status', <HttpStatus key="status" status={call.status} />],
            ...(call.error === undefined
              ? []
              : ([['Error', `${call.error}, fault of the ${call.fault}`]] as const)),
            ['Began', new Date(call.startedAt).toString()],
            ['Waited for a place', duration(call.waitMs)],
            ['Woke an instance', duration(call.wakeMs)],
            ['Ran', duration(call.runMs)],
            ['In all', duration(call.totalMs)],
            ['In and out', `${bytes(call.bytesIn)}, ${bytes(call.bytesOut)}`],
            ['Trigger', call.trigger],
            ['Version', call.version === undefined ? 'none' : String(call.version)],
            ['Instance', <Code key="instance" text={call.instance ?? 'none'} />],
            ...(call.traceId === undefined
              ? []
              : ([['Trace', <Trace key="trace" id={call.traceId} />]] as const)),
            ...(call.replayOf === undefined
              ? []
              : ([['Repeats', <Repeated key="repeats" id={call.replayOf} />]] as const)),
            ['Id', <Code key="id" text={call.id} />],
            ...(call.alias === undefined ? [] : ([['Caller’s id', call.alias]] as const)),
          ]}
        />
        {name !== undefined && namespace !== undefined && (
          <>
            <p className="flex flex-wrap gap-2">
              <Link href={functionPath({ name, namespace })} className="button">
                Open {name}
              </Link>
              {call.captured !== true && (
                <Link href={functionPath({ name, namespace }, 'invoke')} className="button">
                  Invoke
                </Link>
              )}
            </p>
            <KeptBodies key={call.id} call={call} of={{ name, namespace }} />
            <CallLog of={{ name, namespace }} id={call.id} />
          </>
        )}
        <section>
          <h3 className="text-muted">In a terminal</h3>
          <CommandLine text={`wherry calls --id ${shellWord(call.id)}`} />
        </section>
      </div>
    </SidePanel>
  );
}

const Code = ({ text }: { text: string }) => <code className="font-mono text-[13px] break-all">{text}</code>;

const Trace = ({ id }: { id: string }) => (
  <Link href={`/calls?trace=${id}`} className={linkClass}>
    {id}
  </Link>
);

const Repeated = ({ id }: { id: string }) => (
  <Link href={`/calls?call=${encodeURIComponent(id)}`} className={linkClass}>
    {id}
  </Link>
);

const linkClass = 'font-mono text-[13px] break-all text-accent underline';

/** What its instance wrote while it ran; asked for only when somebody wants it. */
function CallLog({ of, id }: { of: { name: string; namespace: string }; id: string }) {
  const { client } = useSession();
  const [wanted, setWanted] = useState(false);
  const query = useQuery({
    queryKey: ['call log', id],
    queryFn: () => Array.fromAsync(client.readLogs({ ...of, call: id, tail: mostLines })),
    enabled: wanted,
  });
  if (!wanted)
    return (
      <button type="button" className="button" onClick={() => setWanted(true)}>
        Log lines of this call
      </button>
    );
  return (
    <Loaded query={query} what="the log">
      {(lines) =>
        lines.length === 0 ? (
          <p className="text-muted">It wrote nothing.</p>
        ) : (
          <pre
            tabIndex={0}
            aria-label="Log lines of this call"
            className="max-h-72 overflow-auto rounded-md bg-surface-2 p-3 font-mono text-[13px] break-all whitespace-pre-wrap text-strong"
          >
            {lines.map((line) => plain(line.text)).join('\n')}
          </pre>
        )
      }
    </Loaded>
  );
}
