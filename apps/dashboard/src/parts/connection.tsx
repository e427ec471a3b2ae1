import { useEffect, useState } from 'react';
import { useFeed } from '../feed.ts';

/** Says so when what is shown can't be of now, and when it is tried again. */
export function Connection() {
  const { state, retryAt } = useFeed();
  const [now, setNow] = useState(Date.now());
  const paused = state === 'paused';
  useEffect(() => {
    if (!paused) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [paused]);
  const left = Math.max(1, Math.ceil((retryAt - now) / 1000));
  return (
    <>
      {/* Read out once, and not each second. */}
      <span role="status" className="sr-only">
        {paused ? 'The gateway does not answer. Live updates are paused.' : ''}
      </span>
      {paused && (
        <p aria-hidden className="border-b border-line bg-surface-2 px-6 py-1.5 text-warn">
          ▲ The gateway does not answer. Live updates paused, retrying in {left} s.
        </p>
      )}
      {state === 'refused' && (
        <p role="status" className="border-b border-line bg-surface-2 px-6 py-1.5 text-warn">
          ▲ This token may not read what happens, or has ended: nothing here is live. Sign out to use another.
        </p>
      )}
    </>
  );
}
