import type { CallRecord, Trigger } from '@wherry/core/call-record';
import type { DeploymentKey } from '@wherry/core/function';
import type { FunctionName } from '@wherry/core/names';
import { packUuid } from './uuid.ts';

/** By their place, which is what the database holds: new ones go to the end. */
export const triggers: readonly Trigger[] = ['http', 'async', 'schedule', 'event', 'internal'];

/** Numbers of one record, in order: see `packCalls`. */
export const callStride = 22;

/**
 * Records on their way to the database's thread, as a few arrays: an object for each would cost ten times as much to send.
 * Texts are places in `texts`, -1 for none.
 */
export interface CallBatch {
  readonly count: number;
  /** 16 bytes each; all zero where the id is no UUID and stands among the texts. */
  readonly ids: Uint8Array<ArrayBuffer>;
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly texts: readonly string[];
  readonly callees: readonly FunctionName[];
}

/** How much a batch weighs, roughly, while it waits. */
export function weightOf(batch: CallBatch): number {
  return batch.count * (16 + callStride * 8) + batch.texts.length * 32;
}

export function packCalls(records: readonly CallRecord[]): CallBatch {
  const count = records.length;
  const ids = new Uint8Array(count * 16);
  const numbers = new Float64Array(count * callStride);
  const texts = new TextColumns();
  const callees: FunctionName[] = [];
  const places = new Map<DeploymentKey, number>();
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    const record = records[index]!;
    const { deployment } = record;
    let callee = -1;
    if (deployment !== undefined) {
      // By identity: calls of one deployment share the object that names it.
      callee = places.get(deployment) ?? -1;
      if (callee < 0) {
        callee = callees.push({ namespace: deployment.namespace, name: deployment.name }) - 1;
        places.set(deployment, callee);
      }
    }
    numbers[at] = packUuid(record.id, ids, index * 16) ? -1 : texts.put(0, record.id);
    numbers[at + 1] = texts.put(1, record.alias);
    numbers[at + 2] = triggers.indexOf(record.trigger);
    numbers[at + 3] = callee;
    numbers[at + 4] = deployment === undefined ? -1 : deployment.version;
    numbers[at + 5] =
      deployment !== undefined && deployment.name === record.target ? -1 : texts.put(2, record.target);
    numbers[at + 6] = texts.put(3, record.instance);
    numbers[at + 7] = texts.put(4, record.method);
    numbers[at + 8] = texts.put(5, record.path);
    numbers[at + 9] = record.startedAt;
    numbers[at + 10] = record.totalMs;
    numbers[at + 11] = record.waitMs;
    numbers[at + 12] = record.wakeMs;
    numbers[at + 13] = record.runMs;
    numbers[at + 14] = record.cold ? 1 : 0;
    numbers[at + 15] = record.status;
    numbers[at + 16] = record.bytesIn;
    numbers[at + 17] = record.bytesOut;
    numbers[at + 18] = texts.put(6, record.error);
    numbers[at + 19] = texts.put(7, record.fault);
    numbers[at + 20] = texts.put(8, record.traceId);
    numbers[at + 21] = texts.put(9, record.replayOf);
    at += callStride;
  }
  return { count, ids, numbers, texts: texts.all, callees };
}

/** Texts of a batch; one that is the same as its column's last is sent once. Cheaper than looking each of them up. */
class TextColumns {
  readonly all: string[] = [];
  readonly #last: (string | undefined)[] = new Array<undefined>(10).fill(undefined);
  readonly #place = new Int32Array(10);

  put(column: number, text: string | undefined): number {
    if (text === undefined) return -1;
    if (this.#last[column] === text) return this.#place[column]!;
    this.#last[column] = text;
    return (this.#place[column] = this.all.push(text) - 1);
  }
}
