import { statfsSync } from 'node:fs';
import { type CpuInfo, cpus } from 'node:os';
import type { MetricFamily } from '@wherry/core/metric';
import { family, single } from '@wherry/engine/metrics/families';
import type { Source } from '@wherry/engine/metrics/measuring';
import { availableMemory, machineMemory } from '../machine/memory.ts';

/** A certificate that somebody is shown, and when it ends: milliseconds since 1970. */
export interface CertificateEnd {
  readonly host: string;
  readonly endsAt: number;
}

/** The machine that everything runs on: processors, memory, the disk of the data folder, certificates. */
export const machineMetrics = (home: string, certificates: () => readonly CertificateEnd[]): Source => {
  // Counted from our start: what a counter begins with counts as what has just happened.
  const before = busyMs(cpus());
  return function* (): Iterable<MetricFamily> {
    const all = cpus();
    yield single(
      'wherry_machine_cpu_busy_seconds_total',
      'counter',
      'Time that the processors of the machine were in use, all together',
      Math.max(0, busyMs(all) - before) / 1000,
    );
    yield single('wherry_machine_cpus', 'gauge', 'Processors of the machine', all.length);
    const memory = machineMemory();
    yield single('wherry_machine_memory_bytes', 'gauge', 'Memory of the machine', memory);
    yield single(
      'wherry_machine_memory_available_bytes',
      'gauge',
      'Memory that could still be given to programs',
      Math.min(memory, availableMemory()),
    );
    yield* disk(home);
    yield family(
      'wherry_certificate_end_timestamp_seconds',
      'gauge',
      'When a certificate ends, since 1970',
      certificates(),
      ({ host, endsAt }) => [{ host }, endsAt / 1000],
    );
  };
};

function busyMs(all: readonly CpuInfo[]): number {
  return all.reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
}

function* disk(home: string): Iterable<MetricFamily> {
  try {
    const { bavail, bsize, blocks } = statfsSync(home);
    yield single('wherry_disk_size_bytes', 'gauge', 'Size of the data folder’s disk', blocks * bsize);
    yield single('wherry_disk_free_bytes', 'gauge', 'Room on the data folder’s disk', bavail * bsize);
  } catch {
    // Where the disk does not say, there is nothing to tell.
  }
}
