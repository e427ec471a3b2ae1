import type { Capture } from '@wherry/core/capture';
import { WherryError } from '@wherry/core/errors';
import type { FunctionName } from '@wherry/core/names';
import type { Captures } from '@wherry/core/ports/captures';
import { packCapture, unpackCapture } from '../captures/capture-bytes.ts';
import { sealBytes, unsealBytes } from '../secrets/sealed-bytes.ts';
import type { SecretKey, SecretKeys } from '../secrets/secret-keys.ts';
import type { Backlog } from './backlog.ts';
import type { SealedCapture } from './capture-rows.ts';
import type { SqliteThread } from './sqlite-thread.ts';

/** What is encrypted anew at a time. */
const pageBytes = 8 * 2 ** 20;

/** Calls with their bodies in the embedded database, encrypted with the keys of the secrets. */
export class SqliteCaptures implements Captures {
  readonly #thread: SqliteThread;
  readonly #backlog: Backlog;
  readonly #keys: SecretKeys;

  constructor(thread: SqliteThread, backlog: Backlog, keys: SecretKeys) {
    this.#thread = thread;
    this.#backlog = backlog;
    this.#keys = keys;
  }

  async append(captures: readonly Capture[]): Promise<void> {
    const count = captures.length;
    if (count === 0 || !this.#backlog.hasRoom('captures', count)) return;
    const key = this.#keys.current();
    const sealed = captures.map((capture) => sealedWith(capture, packCapture(capture), key));
    const weight = sealed.reduce((sum, { box }) => sum + box.length + 256, 0);
    await this.#backlog.carry('captures', count, weight, () =>
      this.#thread.ask('captures', 'append', [sealed]),
    );
  }

  async which(ids: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(ids.length === 0 ? [] : await this.#thread.ask('captures', 'which', [ids]));
  }

  async read(id: string): Promise<Capture | undefined> {
    const sealed = await this.#thread.ask('captures', 'find', [id]);
    if (sealed === undefined) return undefined;
    const bytes = this.#open(sealed);
    if (bytes !== undefined) return unpackCapture(bytes);
    throw new WherryError(
      'capture_unreadable',
      `call ${id} was encrypted with key ${sealed.key}, which is not here`,
      { component: 'storage' },
    );
  }

  owners(): Promise<readonly FunctionName[]> {
    return this.#thread.ask('captures', 'owners', []);
  }

  forget(of: FunctionName): Promise<number> {
    return this.#thread.ask('captures', 'forget', [of]);
  }

  prune(before: number, maxBytes: number): Promise<number> {
    return this.#thread.ask('captures', 'prune', [before, maxBytes]);
  }

  /** Everything under another key. What cannot be opened stays as it is. */
  async reseal(fresh: SecretKey): Promise<void> {
    for (let last = 0; ; ) {
      const page = await this.#thread.ask('captures', 'after', [last, pageBytes]);
      if (page.length === 0) return;
      last = page.at(-1)?.seq ?? last;
      const again = page.flatMap((one) => {
        const bytes = one.key === fresh.id ? undefined : this.#open(one);
        return bytes === undefined ? [] : [{ ...one, ...boxOf(one, bytes, fresh) }];
      });
      if (again.length > 0) await this.#thread.ask('captures', 'replace', [again]);
    }
  }

  #open(sealed: SealedCapture): Buffer | undefined {
    const key = this.#keys.get(sealed.key);
    return key === undefined ? undefined : unsealBytes(contextOf(sealed), sealed, key.bytes);
  }
}

function sealedWith({ id, deployment, at }: Capture, bytes: Buffer, key: SecretKey): SealedCapture {
  const of = { namespace: deployment.namespace, name: deployment.name };
  return { of, id, at, ...boxOf({ of, id }, bytes, key) };
}

function boxOf(
  of: Pick<SealedCapture, 'of' | 'id'>,
  bytes: Buffer,
  key: SecretKey,
): Pick<SealedCapture, 'key' | 'nonce' | 'box'> {
  return { key: key.id, ...sealBytes(contextOf(of), bytes, key.bytes) };
}

/** Bound to the call and its function: moved to another row it does not open. */
function contextOf({ of, id }: Pick<SealedCapture, 'of' | 'id'>): readonly string[] {
  return ['wherry capture', id, of.namespace, of.name];
}
