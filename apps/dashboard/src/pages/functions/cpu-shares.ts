import type { InstanceState } from '@wherry/wire/function-state';
import { useEffect, useRef, useState } from 'react';

/** Percents of one processor that each instance took between the last two looks, by its id. */
export function useCpuShares(
  instances: readonly InstanceState[] | undefined,
  at: number,
): ReadonlyMap<string, number> {
  const before = useRef<{ readonly at: number; readonly cpuMs: ReadonlyMap<string, number> }>(undefined);
  const [shares, setShares] = useState<ReadonlyMap<string, number>>(new Map());
  useEffect(() => {
    if (instances === undefined) return;
    const cpuMs = new Map(
      instances.flatMap((one) => (one.cpuMs === undefined ? [] : [[one.id, one.cpuMs] as const])),
    );
    const last = before.current;
    before.current = { at, cpuMs };
    if (last === undefined || at - last.at < 200) return;
    const spent = [...cpuMs].flatMap(([id, ms]) => {
      const earlier = last.cpuMs.get(id);
      return earlier === undefined
        ? []
        : [[id, Math.max(0, ((ms - earlier) / (at - last.at)) * 100)] as const];
    });
    setShares(new Map(spent));
  }, [instances, at]);
  return shares;
}
