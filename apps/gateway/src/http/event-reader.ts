import type { Writable } from 'node:stream';
import type { FunctionName } from '@wherry/core/names';
import { seenBy } from '@wherry/core/platform-event';
import type { Told } from '@wherry/engine/events/ring';
import { encodeBegin, encodeEvent, encodeGap, heartbeat } from '@wherry/wire/events';

/** What is held for a reader that does not keep up; beyond it events are left out, and it is told so. */
export const mostBehindBytes = 256 * 1024;
/** A reader that takes nothing for so many heartbeats is gone. */
const mostSilences = 4;

/** One reader of what happens: told what is its business, and bounded however slowly it reads. */
export class EventReader {
  readonly #to: Writable;
  readonly #may: (target: FunctionName) => boolean;
  readonly #all: boolean;
  readonly #last: () => string;
  #behind = false;
  #silences = 0;

  /** `all`: whether it may also see what is about no function. `last` is the id of the newest event. */
  constructor(to: Writable, may: (target: FunctionName) => boolean, all: boolean, last: () => string) {
    this.#to = to;
    this.#may = may;
    this.#all = all;
    this.#last = last;
  }

  /** `lastSeen` is what the reader had last, and `missed` what came behind it; undefined where that is not known. */
  begin(lastSeen: string, missed: readonly Told[] | undefined): void {
    // Named by what it has seen, so that one who is cut off before the rest came asks for it again.
    this.#write(encodeBegin(lastSeen === '' || missed === undefined ? this.#last() : lastSeen));
    if (missed === undefined)
      this.#write(encodeGap(this.#last(), 'what came meanwhile is not kept any more'));
    for (const told of missed ?? []) this.tell(told);
  }

  tell({ id, event }: Told): void {
    if (this.#behind) return;
    const seen = seenBy(event, this.#may, this.#all);
    if (seen !== undefined) this.#write(encodeEvent(id, seen));
  }

  beat(): void {
    if (!this.#behind) return this.#write(heartbeat);
    this.#silences += 1;
    if (this.#silences >= mostSilences) this.#to.destroy();
  }

  #write(text: string): void {
    this.#to.write(text);
    if (this.#behind || this.#to.writableLength < mostBehindBytes) return;
    this.#behind = true;
    this.#to.once('drain', () => {
      this.#behind = false;
      this.#silences = 0;
      this.#write(encodeGap(this.#last(), 'it was read too slowly'));
    });
  }
}
