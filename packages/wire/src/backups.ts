import type { StoredBackup } from '@wherry/core/ports/backups';
import { rfc3339 } from './times.ts';

export const backupContentType = 'application/gzip';

/** What GET /system/backups answers. */
export interface BackupList {
  /** Milliseconds between two that are made by themselves; absent where none are. */
  readonly every?: number;
  /** Why the last one was not made. */
  readonly failure?: { readonly at: string; readonly reason: string; readonly next: string };
  readonly backups: readonly BackupEntry[];
}

export interface BackupEntry {
  /** On the gateway's machine. */
  readonly path: string;
  readonly at: string;
  readonly bytes: number;
}

export function encodeBackup({ path, at, bytes }: StoredBackup): BackupEntry {
  return { path, at: rfc3339(at), bytes };
}
