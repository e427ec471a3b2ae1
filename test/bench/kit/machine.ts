// What is measured on, and who else was there.
import { readFileSync } from 'node:fs';
import os from 'node:os';
import type { CpuMeter } from './cpu-meter.ts';

/** In general words, for the page: "2 cores, 24 GiB, Linux 6.18". */
export function machineWords(): string {
  const cores = os.availableParallelism();
  const [major, minor] = os.release().split('.');
  return `${cores} ${cores === 1 ? 'core' : 'cores'}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.type()} ${major}.${minor}`;
}

/** Tells how many cores others used since it was made. */
export function watchOthers(meter: CpuMeter): () => number {
  const [at, busy, own] = [performance.now(), busySeconds(), meter.totalSeconds()];
  return () => {
    const seconds = (performance.now() - at) / 1000;
    return Math.max(0, (busySeconds() - busy - (meter.totalSeconds() - own)) / seconds);
  };
}

/** All work of all processors since the start of the machine. Time that a hypervisor took away is nobody's work here. */
export function busySeconds(line = readFileSync('/proc/stat', 'utf8')): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line
    .slice(0, line.indexOf('\n'))
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq) / 100;
}
