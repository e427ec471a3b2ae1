import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useMemo } from 'react';
import { useSession } from '../current-session.ts';
import { CurrentFeed, Feed } from '../feed.ts';
import { Refreshing } from '../refreshing.ts';

/** Whatever is inside follows what happens at the gateway. */
export function Live({ children }: { children: ReactNode }) {
  const { client } = useSession();
  const queries = useQueryClient();
  const feed = useMemo(() => new Feed(client, new Refreshing(queries).happened), [client, queries]);
  useEffect(() => {
    const stop = new AbortController();
    void feed.read(stop.signal);
    return () => stop.abort();
  }, [feed]);
  return <CurrentFeed.Provider value={feed}>{children}</CurrentFeed.Provider>;
}
