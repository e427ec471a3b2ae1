import type { FunctionState } from '@wherry/wire/function-state';
import type { ReactNode } from 'react';
import { When } from '../../parts/when.tsx';
import { bytes, duration } from '../../words.ts';
import { LatestCalls } from '../calls/latest-calls.tsx';
import { RedCharts } from './metrics.tsx';

/** How a function is: what it is made of, what runs, what ended and why, and its latest calls. */
export function Summary({ state }: { state: FunctionState }) {
  return (
    <div className="space-y-6">
      <dl className="panel grid grid-cols-4 gap-x-6 gap-y-4 p-4 max-md:grid-cols-2">
        <Fact name="Version">{state.version}</Fact>
        <Fact name="Deployed">
          <When time={state.deployedAt} />
        </Fact>
        <Fact name="Deadline">{duration(state.policy.deadlineMs)}</Fact>
        <Fact name="Network">{state.policy.network}</Fact>
        <Fact name="Image" wide>
          <code className="font-mono text-[13px] break-all">{state.image}</code>
        </Fact>
        {state.failedDeploy !== undefined && (
          <Fact name="Last deploy failed" wide>
            <span className="text-bad">■ {state.failedDeploy.reason}</span>
          </Fact>
        )}
      </dl>
      <RedCharts state={state} />
      <section>
        <h2 className="mb-2">Instances</h2>
        {state.instances.length === 0 ? (
          <p className="text-muted">None. The next call starts one.</p>
        ) : (
          <ul className="panel divide-y divide-line">
            {state.instances.map((one) => (
              <li key={one.id} className="flex flex-wrap gap-x-5 gap-y-1 px-4 py-2">
                <code className="font-mono text-[13px] text-strong">{one.id}</code>
                <span>{one.state}</span>
                <span>{one.inFlight} in flight</span>
                {one.memoryBytes !== undefined && <span>{bytes(one.memoryBytes)}</span>}
                <span className="text-muted">
                  started <When time={one.startedAt} />
                </span>
              </li>
            ))}
          </ul>
        )}
      </section>
      {state.exits.length > 0 && (
        <section>
          <h2 className="mb-2">Ended</h2>
          <ul className="panel divide-y divide-line">
            {state.exits.slice(0, 5).map((exit) => (
              <li key={`${exit.at} ${exit.instance}`} className="flex flex-wrap gap-x-5 gap-y-1 px-4 py-2">
                <span className="grow break-words">{exit.reason}</span>
                <span className="text-muted">
                  <When time={exit.at} />
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h2 className="mb-2">Latest calls</h2>
        <LatestCalls of={state} most={8} />
      </section>
    </div>
  );
}

function Fact({ name, wide = false, children }: { name: string; wide?: boolean; children: ReactNode }) {
  return (
    <div className={wide ? 'col-span-full' : ''}>
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="text-strong">{children}</dd>
    </div>
  );
}
