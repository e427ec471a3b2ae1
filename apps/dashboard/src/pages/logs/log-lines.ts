import { useQuery } from '@tanstack/react-query';
import type { Client } from '@wherry/wire/client';
import type { LogMessage } from '@wherry/wire/logs';
import { useEffect, useState } from 'react';
import { useSession } from '../../current-session.ts';

/** Lines that a page holds; the newest of them. */
const mostLines = 5_000;
const atFirst = 1_000;
/** How often what has come is drawn, however much comes. */
const drawMs = 100;
const againMs = 4_000;

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
    const last = data.at(-1)?.timestamp;
    void follow(client, { name, namespace, level, instance, version }, last, stop.signal, (more) =>
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

/** Tells what comes behind a time, in groups; begins again where it breaks off. */
async function follow(
  client: Client,
  asked: LogQuestion,
  since: string | undefined,
  signal: AbortSignal,
  told: (lines: readonly LogMessage[]) => void,
): Promise<void> {
  let last = since;
  let held: LogMessage[] = [];
  const draw = setInterval(() => {
    if (held.length === 0) return;
    told(held);
    held = [];
  }, drawMs);
  signal.addEventListener('abort', () => clearInterval(draw), { once: true });
  while (!signal.aborted) {
    try {
      const from = last;
      const query = { ...asked, follow: true, detail: true, ...(from === undefined ? {} : { since: from }) };
      for await (const line of client.readLogs(query, signal)) {
        if (from !== undefined && line.timestamp <= from) continue;
        last = line.timestamp;
        held.push(line);
        if (held.length > mostLines) held = held.slice(-mostLines);
      }
    } catch {
      // The banner above the page says that the gateway does not answer.
    }
    if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, againMs));
  }
}
