import { availableParallelism, loadavg } from 'node:os';

/** What a soak itself brings, two gateways and their clients, with something to spare. */
const ownLoad = 4;

/** Why times are not judged: others use the machine. Counts are judged always. Undefined where it is quiet. */
export function othersUseIt(): string | undefined {
  const [load = 0] = loadavg();
  const most = Math.max(ownLoad, 2 * availableParallelism());
  return load <= most ? undefined : `times not judged, the machine's load is ${load.toFixed(1)}`;
}
