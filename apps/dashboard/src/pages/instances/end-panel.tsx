import type { EndedInstance } from '@wherry/wire/ended-instances';
import { Link } from 'wouter';
import { Facts } from '../../parts/facts.tsx';
import { SidePanel } from '../../parts/side-panel.tsx';
import { functionPath } from '../../paths.ts';
import { bytes, duration } from '../../words.ts';
import { plain } from '../logs/log-text.ts';

/** How one instance ended: why, what it used, and what it said last. */
export function EndPanel({ end, close }: { end: EndedInstance; close: () => void }) {
  return (
    <SidePanel title={`${end.name}: ${end.reason}`} close={close}>
      <div className="space-y-5">
        <Facts
          of={[
            ['When', new Date(end.at).toString()],
            ['Function', `${end.name}, namespace ${end.namespace}, version ${end.version}`],
            ['Kind', end.kind],
            ...(end.exitCode === undefined ? [] : ([['Exit code', String(end.exitCode)]] as const)),
            ...(end.signal === undefined ? [] : ([['Signal', end.signal]] as const)),
            ['Most memory', end.peakMemoryBytes === undefined ? 'not told' : bytes(end.peakMemoryBytes)],
            ['Processor time', end.cpuMs === undefined ? 'not told' : duration(end.cpuMs)],
            [
              'Instance',
              <code key="id" className="font-mono text-[13px] break-all">
                {end.instance}
              </code>,
            ],
          ]}
        />
        <section>
          <h3 className="mb-1 text-muted">Last words</h3>
          {end.lastWords.length === 0 ? (
            <p>It said nothing.</p>
          ) : (
            <pre
              tabIndex={0}
              aria-label="Last words"
              className="max-h-96 overflow-auto rounded-md bg-surface-2 p-3 font-mono text-[13px] break-all whitespace-pre-wrap text-strong"
            >
              {end.lastWords.map(plain).join('\n')}
            </pre>
          )}
        </section>
        <p className="flex flex-wrap gap-2">
          <Link
            href={`${functionPath(end, 'logs')}?instance=${encodeURIComponent(end.instance)}`}
            className="button"
          >
            All its lines
          </Link>
          <Link href={functionPath(end)} className="button">
            Open {end.name}
          </Link>
        </p>
      </div>
    </SidePanel>
  );
}
