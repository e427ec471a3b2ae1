import type { VersionList } from '@wherry/wire/versions';
import { useState } from 'react';

/** A version that is being tried: how many of the calls it gets, and how the trial ends. */
export function Canary({
  list,
  busy,
  share,
  promote,
  abort,
}: {
  list: VersionList;
  busy: boolean;
  share: (percent: number) => void;
  promote: () => void;
  abort: () => void;
}) {
  const now = list.canary?.percent ?? 0;
  const [percent, setPercent] = useState(now);
  return (
    <section className="panel space-y-3 p-4" aria-label="Trial">
      <h2>
        Version {list.canary?.version} is being tried on {now} % of the calls
      </h2>
      <label className="flex flex-wrap items-center gap-3">
        <span>Its share</span>
        <input
          type="range"
          min={0}
          max={100}
          className="min-w-40 grow accent-accent md:max-w-80"
          value={percent}
          onChange={(event) => setPercent(Number(event.target.value))}
        />
        <output className="w-14">{percent} %</output>
      </label>
      <div className="flex flex-wrap gap-2">
        <button
          type="button"
          className="button"
          disabled={busy || percent === now}
          onClick={() => share(percent)}
        >
          Set the share
        </button>
        <button type="button" className="button first" disabled={busy} onClick={promote}>
          Promote it
        </button>
        <button type="button" className="button" disabled={busy} onClick={abort}>
          Abort the trial
        </button>
      </div>
    </section>
  );
}
