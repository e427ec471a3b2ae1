import { statfs } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import type { BackupState } from '@wherry/engine/backups/backup-book';
import type { Diagnosis, HostState, Listener, Note } from '@wherry/wire/diagnosis';
import { rfc3339 } from '@wherry/wire/times';
import { availableMemory, machineMemory } from '../machine/memory.ts';
import { storageOf } from '../machine/storage.ts';
import { isLoopback } from '../http/addresses.ts';
import { answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

/** What the gateway found out about itself and its machine. */
export function doctor(server: Server): Handler {
  return async (exchange) => answerJson(exchange.response, 200, await diagnosis(server));
}

export async function diagnosis(server: Server): Promise<Diagnosis> {
  const { platform, release, settings, url, metricsUrl, tlsUrl } = server;
  const disk = await diskOf(settings.home);
  const free = disk.diskFreeBytes;
  return {
    version: release,
    node: process.versions.node,
    machine: `${process.platform} ${process.arch}`,
    startedAt: rfc3339(server.startedAt),
    provider: platform.report,
    listeners: [
      listener('api', url),
      ...(tlsUrl === undefined ? [] : [listener('api by TLS', tlsUrl)]),
      listener('metrics', metricsUrl),
    ],
    paths: [{ name: 'home', path: settings.home, ...(free === undefined ? {} : { freeBytes: free }) }],
    host: {
      ...{ cpus: availableParallelism(), load: loadavg()[0] ?? 0, gatewayBytes: process.memoryUsage.rss() },
      ...{ memoryBytes: machineMemory(), availableBytes: availableMemory(), ...disk },
    },
    storage: await storageOf(settings.home),
    notes: [...notes(server, free), ...backupNotes(await platform.backups.state(), Date.now())],
  };
}

function listener(name: string, url: string): Listener {
  return { name, url, open: !isLoopback(new URL(url).hostname) };
}

function notes(server: Server, free: number | undefined): readonly Note[] {
  const found: Note[] = [];
  const { platform, settings } = server;
  const { isolation, fences } = platform.report;
  if (isolation !== 'full') {
    const lacking = fences.filter(({ present }) => !present).map(({ name }) => name);
    found.push({
      level: isolation === 'none' ? 'bad' : 'warn',
      text: `Isolation is ${isolation}: lacking ${lacking.join(', ')}`,
    });
  }
  if (free !== undefined && free < lowDiskBytes) {
    found.push({
      level: 'bad',
      text: `Only ${Math.round(free / 2 ** 20)} MiB free where ${settings.home} is`,
      remedy: 'make room on that disk',
    });
  }
  const { budget } = platform;
  const lost = server.losses();
  if (lost.calls > 0) found.push({ level: 'warn', text: `${lost.calls} call records were not kept` });
  if (lost.logs > 0) found.push({ level: 'warn', text: `${lost.logs} log lines were not kept` });
  if (lost.scalings > 0)
    found.push({ level: 'warn', text: `${lost.scalings} decisions over instances were not kept` });
  if (lost.metrics > 0)
    found.push({ level: 'warn', text: `${lost.metrics} samples of metrics were not kept` });
  const used = Math.round((budget.reservedBytes / budget.totalBytes) * 100);
  found.push({
    level: used > 90 ? 'warn' : 'good',
    text: `Memory budget ${Math.round(budget.totalBytes / 2 ** 20)} MiB, ${used} % reserved`,
  });
  return found;
}

/** Only where backups are made by themselves: who makes them in another way need not hear of it. */
function backupNotes({ every, newest, failure }: BackupState, now: number): readonly Note[] {
  if (every === undefined) return [];
  const last =
    newest === undefined ? 'There is no backup yet' : `The last backup is of ${rfc3339(newest.at)}`;
  if (failure !== undefined)
    return [{ level: 'bad', text: `${last}; the next one failed: ${failure.reason}`, remedy: failure.next }];
  const late = newest !== undefined && now - newest.at > 2 * every;
  return [{ level: late ? 'warn' : 'good', text: newest === undefined ? last : `${last}: ${newest.path}` }];
}

const lowDiskBytes = 512 * 2 ** 20;

async function diskOf(path: string): Promise<Pick<HostState, 'diskBytes' | 'diskFreeBytes'>> {
  try {
    const { bavail, bsize, blocks } = await statfs(path);
    return { diskBytes: blocks * bsize, diskFreeBytes: bavail * bsize };
  } catch {
    return {};
  }
}
