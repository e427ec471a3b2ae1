// Long because: what a disk may do to what was not flushed is one thought, and stands here in one piece.
import type { Operation } from './trace.ts';

/** The least that a disk writes whole. */
const sector = 512;

type Change =
  | { readonly kind: 'write'; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly size: number };

/** A file apart from its names. */
interface Inode {
  /** What is on the disk for certain. */
  base: Buffer;
  size: number;
  /** What was asked for since its last flush. */
  pending: Change[];
}

/** A change of the folder itself. */
interface Naming {
  readonly removed?: string;
  readonly added?: readonly [string, Inode];
}

/** How a power cut treats what was not flushed. */
type Fate = 'nothing' | 'everything' | 'whole writes' | 'sectors' | 'front' | 'back';

const fates: readonly Fate[] = ['whole writes', 'sectors', 'front', 'back'];

/** What is found after a power cut. */
export interface Image {
  readonly files: ReadonlyMap<string, Buffer>;
  /** The same for images that are the same. */
  readonly signature: string;
}

/**
 * A folder on a disk that keeps what was flushed, and of everything else whatever it likes: each write is there, missing or torn at sectors,
 * in any order; files have any of the lengths they had; names that were made, moved or removed since the folder's last flush are so or not
 * yet. A sector that is not written keeps what it had: what disks, and SQLite with them, call powersafe overwrite.
 */
export class FailingDisk {
  readonly #durable = new Map<string, Inode>();
  readonly #names = new Map<string, Inode>();
  #naming: Naming[] = [];

  apply(operation: Operation): void {
    if (operation.kind === 'mark') return;
    if (operation.kind === 'create') {
      const inode: Inode = { base: Buffer.alloc(0), size: 0, pending: [] };
      this.#name({ added: [operation.path, inode] });
    } else if (operation.kind === 'remove') this.#name({ removed: operation.path });
    else if (operation.kind === 'rename')
      this.#name({ removed: operation.path, added: [operation.to, this.#inode(operation.path)] });
    else if (operation.kind === 'flush') {
      if (operation.path === '') this.#flushNames();
      else flush(this.#inode(operation.path));
    } else this.#inode(operation.path).pending.push(operation);
  }

  /** Whether power cuts at this point can leave different things behind. */
  get settled(): boolean {
    return this.#naming.length === 0 && [...this.#inodes()].every(({ pending }) => pending.length === 0);
  }

  /** What a power cut at this point may leave. The first two for each point are `nothing` and `everything`; the others come by chance. */
  cut(turn: number, random: () => number): Image {
    const fate: Fate =
      turn === 0
        ? 'nothing'
        : turn === 1
          ? 'everything'
          : (fates[Math.floor(random() * fates.length)] as Fate);
    const decisions: string[] = [];
    const names = new Map(this.#durable);
    const kept = choices(this.#naming.length, fate, random);
    this.#naming.forEach((naming, i) => kept[i] && rename(names, naming));
    decisions.push(kept.map(Number).join(''));
    const files = new Map<string, Buffer>();
    for (const [name, inode] of names) {
      const { content, decision } = survivor(inode, fate, random);
      files.set(name, content);
      decisions.push(decision);
    }
    return { files, signature: decisions.join('|') };
  }

  #inode(path: string): Inode {
    const inode = this.#names.get(path);
    if (inode === undefined) throw new Error(`${path} was used and never made`);
    return inode;
  }

  #inodes(): Set<Inode> {
    return new Set([...this.#durable.values(), ...this.#names.values()]);
  }

  #name(naming: Naming): void {
    this.#naming.push(naming);
    rename(this.#names, naming);
  }

  #flushNames(): void {
    for (const naming of this.#naming) rename(this.#durable, naming);
    this.#naming = [];
  }
}

function rename(names: Map<string, Inode>, { removed, added }: Naming): void {
  if (removed !== undefined) names.delete(removed);
  if (added !== undefined) names.set(...added);
}

function flush(inode: Inode): void {
  for (const change of inode.pending) {
    if (change.kind === 'truncate') {
      if (change.size > inode.size) inode.base = grown(inode.base, change.size);
      inode.base.fill(0, Math.min(change.size, inode.size), inode.size);
      inode.size = change.size;
    } else {
      const end = change.at + change.bytes.length;
      inode.base = grown(inode.base, end);
      change.bytes.copy(inode.base, change.at);
      inode.size = Math.max(inode.size, end);
    }
  }
  inode.pending = [];
}

/** Room for more than is needed, so that appending does not copy everything each time. */
function grown(base: Buffer, size: number): Buffer {
  if (size <= base.length) return base;
  const larger = Buffer.alloc(Math.max(size, base.length * 2, 65_536));
  base.copy(larger);
  return larger;
}

/** Which of `count` unflushed things a power cut leaves. */
function choices(count: number, fate: Fate, random: () => number): boolean[] {
  const cut = Math.floor(random() * (count + 1));
  const share = random();
  return Array.from({ length: count }, (_, i) => {
    if (fate === 'nothing' || fate === 'everything') return fate === 'everything';
    if (fate === 'front') return i < cut;
    if (fate === 'back') return i >= cut;
    return random() < share;
  });
}

function survivor(inode: Inode, fate: Fate, random: () => number): { content: Buffer; decision: string } {
  const { base, size, pending } = inode;
  if (pending.length === 0) return { content: base.subarray(0, size), decision: '' };
  const kept = choices(pending.length, fate, random);
  const decision: string[] = [];
  const sizes = [size];
  for (const change of pending) sizes.push(sizeAfter(sizes.at(-1) as number, change));
  const content = Buffer.alloc(Math.max(...sizes));
  base.copy(content, 0, 0, size);
  let length = size;
  // In any order: of two writes to one place the first may be the one that is found.
  const order = pending.map((_, i) => i);
  if (fate === 'sectors' && random() < 0.5) order.sort(() => random() - 0.5);
  for (const i of order) {
    const change = pending[i] as Change;
    const torn = fate === 'sectors' || (fate === 'front' && !kept[i] && (i === 0 || kept[i - 1] === true));
    if (!kept[i] && !torn) continue;
    if (change.kind === 'truncate') {
      if (!kept[i]) continue;
      content.fill(0, Math.min(length, change.size));
      length = change.size;
      decision.push(`${i}t`);
    } else {
      const sectors = torn ? someSectors(change, random) : 'all';
      decision.push(`${i}:${sectors === 'all' ? sectors : sectors.join(',')}`);
      length = Math.max(length, writeSectors(content, change, sectors));
    }
  }
  // The length is kept apart from the content, and may be ahead of it or behind.
  if (fate === 'sectors' && random() < 0.3) length = sizes[Math.floor(random() * sizes.length)] as number;
  return { content: content.subarray(0, length), decision: `${decision.join(' ')}=${length}` };
}

function sizeAfter(size: number, change: Change): number {
  return change.kind === 'truncate' ? change.size : Math.max(size, change.at + change.bytes.length);
}

/** Some of the sectors that a write touches, each for itself. */
function someSectors({ at, bytes }: { at: number; bytes: Buffer }, random: () => number): number[] {
  const first = Math.floor(at / sector);
  const last = Math.floor((at + bytes.length - 1) / sector);
  const share = random();
  const all = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  return all.filter(() => random() < share);
}

/** Returns where the last byte written ends; 0 for none. */
function writeSectors(
  content: Buffer,
  { at, bytes }: { at: number; bytes: Buffer },
  sectors: readonly number[] | 'all',
): number {
  if (sectors === 'all') {
    bytes.copy(content, at);
    return at + bytes.length;
  }
  let end = 0;
  for (const one of sectors) {
    const from = Math.max(at, one * sector);
    const to = Math.min(at + bytes.length, (one + 1) * sector);
    bytes.copy(content, from, from - at, to - at);
    end = Math.max(end, to);
  }
  return end;
}
