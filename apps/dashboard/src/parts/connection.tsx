import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useSession } from '../current-session.ts';

const usualMs = 5_000;
const lostMs = 4_000;

/** Says so when what is shown can't be of now, and when it is tried again. */
export function Connection() {
  const { client } = useSession();
  const alive = useQuery({
    queryKey: ['alive'],
    queryFn: () => client.ready(),
    refetchInterval: ({ state }) => (state.data === false ? lostMs : usualMs),
  });
  const [now, setNow] = useState(Date.now());
  const lost = alive.data === false;
  useEffect(() => {
    if (!lost) return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [lost]);
  const left = Math.max(1, Math.ceil((alive.dataUpdatedAt + lostMs - now) / 1000));
  return (
    <>
      {/* Read out once, and not each second. */}
      <span role="status" className="sr-only">
        {lost ? 'The gateway does not answer. Live updates are paused.' : ''}
      </span>
      {lost && (
        <p aria-hidden className="border-b border-line bg-surface-2 px-6 py-1.5 text-warn">
          ▲ The gateway does not answer. Live updates paused, retrying in {left} s.
        </p>
      )}
    </>
  );
}
