import { useQuery } from '@tanstack/react-query';
import { isBeyond, type LogReach, reachOf } from '@wherry/wire/log-reach';
import type { Client } from '@wherry/wire/client';
import type { LogMessage } from '@wherry/wire/logs';
import { parseRfc3339, rfc3339 } from '@wherry/wire/times';
import { useEffect, useState } from 'react';
import { useSession } from '../../current-session.ts';

/** Lines that a page holds; the newest of them. */
const mostLines = 5_000;
const atFirst = 1_000;
/** How often what has come is drawn, however much comes. */
const drawMs = 100;
const againMs = 4_000;
/** What an instance wrote before others may come so much later. */
const lateMs = 2_000;

export interface LogQuestion {
  readonly name: string;
  readonly namespace: string;
  readonly level: string;
  readonly instance: string;
  readonly version: string;
}

/** Lines of a log: the latest, and from then on what comes. */
export function useLogLines(asked: LogQuestion) {
  const { client } = useSession();
  const { name, namespace, level, instance, version } = asked;
  const key = ['logs', namespace, name, level, instance, version];
  const query = useQuery({
    queryKey: key,
    queryFn: () => Array.fromAsync(client.readLogs({ ...asked, tail: atFirst, detail: true })),
    staleTime: Infinity,
    // What has come since is not in what was kept.
    gcTime: 0,
  });
  const [come, setCome] = useState<{ readonly key: string; readonly lines: readonly LogMessage[] }>();
  const { data } = query;
  const id = key.join(' ');
  useEffect(() => {
    if (data === undefined) return;
    const stop = new AbortController();
    void follow(client, { name, namespace, level, instance, version }, data, stop.signal, (more) =>
      setCome((before) => ({
        key: id,
        lines: [...(before?.key === id ? before.lines : []), ...more].slice(-mostLines),
      })),
    );
    return () => stop.abort();
  }, [client, data, id, name, namespace, level, instance, version]);
  const more = come?.key === id ? come.lines : [];
  return { query, lines: data === undefined ? [] : [...data, ...more].slice(-mostLines) };
}

/** Tells what comes beyond what is known, in groups; begins again where it breaks off. */
async function follow(
  client: Client,
  asked: LogQuestion,
  known: readonly LogMessage[],
  signal: AbortSignal,
  told: (lines: readonly LogMessage[]) => void,
): Promise<void> {
  const seen = reachOf(known.map(placed));
  const first = known.length < atFirst ? undefined : known[0];
  let held: LogMessage[] = [];
  const draw = setInterval(() => {
    if (held.length === 0) return;
    told(held);
    held = [];
  }, drawMs);
  signal.addEventListener('abort', () => clearInterval(draw), { once: true });
  while (!signal.aborted) {
    try {
      const reach = new Map(seen);
      const query = { ...asked, follow: true, detail: true, ...sinceFor(reach, first) };
      for await (const line of client.readLogs(query, signal)) {
        const at = placed(line);
        if (!isBeyond(reach, at)) continue;
        seen.set(at.instance, at.at);
        held.push(line);
        if (held.length > mostLines) held = held.slice(-mostLines);
      }
    } catch {
      // The banner above the page says that the gateway does not answer.
    }
    if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, againMs));
  }
}

/** From a little before the latest: instances hand their lines over each at its own time. Not from before what the page begins with. */
function sinceFor(reach: LogReach, first: LogMessage | undefined): { readonly since?: string } {
  if (reach.size === 0) return {};
  const since = Math.max(...reach.values()) - lateMs;
  return { since: rfc3339(first === undefined ? since : Math.max(since, placed(first).at)) };
}

function placed({ instance, timestamp }: LogMessage): { readonly instance: string; readonly at: number } {
  return { instance, at: parseRfc3339(timestamp) ?? 0 };
}
