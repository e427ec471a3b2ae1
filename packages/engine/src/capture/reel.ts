import type { CapturedBody } from '@wherry/core/capture';

/** Room for the beginnings of bodies that are on their way, of all calls together. */
export class ReelRoom {
  readonly #most: number;
  #held = 0;

  constructor(mostBytes: number) {
    this.#most = mostBytes;
  }

  /** How many of so many bytes there is room for. */
  take(bytes: number): number {
    const taken = Math.max(0, Math.min(bytes, this.#most - this.#held));
    this.#held += taken;
    return taken;
  }

  give(bytes: number): void {
    this.#held -= bytes;
  }
}

/** The beginning of a body that passes by. */
export class Reel {
  readonly #most: number;
  readonly #room: ReelRoom;
  #pieces: Uint8Array[] = [];
  #held = 0;
  #bytes = 0;

  constructor(most: number, room: ReelRoom) {
    this.#most = most;
    this.#room = room;
  }

  /** A piece that goes by. It is copied: what holds it may be used again. */
  add(piece: Uint8Array): void {
    this.#bytes += piece.length;
    const wanted = Math.min(piece.length, this.#most - this.#held);
    if (wanted <= 0) return;
    const taken = this.#room.take(wanted);
    if (taken > 0) this.#pieces.push(piece.slice(0, taken));
    this.#held += taken;
  }

  get body(): CapturedBody {
    return { kept: joined(this.#pieces, this.#held), bytes: this.#bytes, cut: this.#bytes > this.#held };
  }

  drop(): void {
    this.#room.give(this.#held);
    this.#pieces = [];
    this.#held = 0;
  }
}

/** The same of a body that is there as a whole. */
export function beginningOf(body: Uint8Array, most: number): CapturedBody {
  return { kept: body.slice(0, most), bytes: body.length, cut: body.length > most };
}

function joined(pieces: readonly Uint8Array[], bytes: number): Uint8Array {
  const all = new Uint8Array(bytes);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
