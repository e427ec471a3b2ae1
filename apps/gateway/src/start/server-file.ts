import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Tells clients on this machine where the running server is. */
export interface ServerFile {
  readonly pid: number;
  readonly url: string;
  readonly metricsUrl: string;
  readonly dashboardUrl?: string;
  readonly startedAt: string;
}

const pathIn = (home: string): string => join(home, 'server.json');

export function writeServerFile(home: string, content: ServerFile): void {
  writeFileSync(pathIn(home), `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
}

/** Only our own: another gateway may have taken over meanwhile. */
export function removeServerFile(home: string): void {
  try {
    if ((JSON.parse(readFileSync(pathIn(home), 'utf8')) as ServerFile).pid === process.pid)
      rmSync(pathIn(home));
  } catch {
    // Gone already.
  }
}
