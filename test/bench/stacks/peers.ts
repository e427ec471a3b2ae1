// Other platforms, running already, named by the environment:
//   WHERRY_BENCH_PEER_<NAME>=http://host:port/path   answers `hello` to a GET and the body to a POST
//   WHERRY_BENCH_PEER_<NAME>_PIDS=12,34              its processes, for CPU time; children are found
import { procGroup } from '../kit/cpu-meter.ts';
import type { Stack } from './stack.ts';

export function peers(env: Readonly<Record<string, string | undefined>>): Stack[] {
  return Object.entries(env).flatMap(([key, url]) => {
    const name = /^WHERRY_BENCH_PEER_(\w+)$/.exec(key)?.[1];
    if (name === undefined || name.endsWith('_PIDS') || url === undefined) return [];
    if (!URL.canParse(url))
      throw new Error(`${key}: ${url} is not an address such as http://127.0.0.1:8080/function/echo`);
    const pids = env[`${key}_PIDS`]?.split(',').map(Number);
    if (pids?.some((pid) => !Number.isInteger(pid) || pid < 1))
      throw new Error(`${key}_PIDS: ${env[`${key}_PIDS`]} is not a list of process ids`);
    const cpu = pids === undefined ? undefined : procGroup(pids);
    return [{ name: name.toLowerCase().replaceAll('_', '-'), url, cpu }];
  });
}
