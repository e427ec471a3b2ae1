import { readFileSync } from 'node:fs';

/** Resident memory of a process now, in bytes. */
export function residentBytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

/** The most it has while something runs, looked at again and again. */
export async function mostResident(pid: number, work: () => Promise<void>): Promise<number> {
  let most = residentBytes(pid);
  const looking = setInterval(() => (most = Math.max(most, residentBytes(pid))), 20);
  try {
    await work();
  } finally {
    clearInterval(looking);
  }
  return most;
}

/** Processor time that a process has used, in hundredths of a second. */
export function cpuTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
