import { WherryError } from '@wherry/core/errors';
import type { Backups, StoredBackup } from '@wherry/core/ports/backups';

/** A folder of backups that outlives whoever writes to it; each is a few bytes. */
export class FakeBackups implements Backups {
  readonly made: StoredBackup[] = [];
  /** Set, nothing can be written. */
  full = false;
  /** Resolved by the test: until then a backup is under way. */
  gate: Promise<void> = Promise.resolve();
  attempts = 0;

  async *stream(wish: { at: number; history: boolean }): AsyncGenerator<Uint8Array> {
    await this.gate;
    yield new TextEncoder().encode(JSON.stringify(wish));
  }

  async make({ at }: { at: number }): Promise<StoredBackup> {
    this.attempts += 1;
    await this.gate;
    if (this.full) throw new WherryError('storage_full', 'the disk is full', { component: 'backup' });
    const made = { path: `/backups/${at}`, at, bytes: 10 };
    this.made.push(made);
    return made;
  }

  async list(): Promise<readonly StoredBackup[]> {
    return [...this.made].sort((a, b) => b.at - a.at);
  }

  async keep(count: number): Promise<number> {
    const kept = (await this.list()).slice(0, Math.max(1, count));
    const gone = this.made.length - kept.length;
    this.made.splice(0, this.made.length, ...kept);
    return gone;
  }
}
