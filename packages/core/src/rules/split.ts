/** Weights of a split, in order. Each is 0 or more, and not all are 0. */
type Weights = readonly number[];

/**
 * The fraction of the golden ratio: steps of this length around a circle fall evenly, however many are taken, also every second or tenth of
 * them. So shares are right within a few calls, and a caller whose every tenth call is a special one does not always meet the same version.
 */
const evenStep = (Math.sqrt(5) - 1) / 2;

/** Deals calls out by weight, one after another. No randomness: the shares hold for any stretch of calls, not only in the long run. */
export class Dealer {
  readonly #weights: Weights;
  readonly #sum: number;
  #at = 0;

  constructor(weights: Weights) {
    this.#weights = weights;
    this.#sum = weights.reduce((sum, weight) => sum + weight, 0);
  }

  /** Whose turn it is. */
  next(): number {
    this.#at = (this.#at + evenStep) % 1;
    let left = this.#at * this.#sum;
    const last = this.#weights.length - 1;
    for (let i = 0; i < last; i++) {
      left -= this.#weights[i] as number;
      if (left < 0) return i;
    }
    return last;
  }
}

/**
 * Which of several a key belongs to: weighted rendezvous hashing (Thaler and Ravishankar, 1998; weights as in Resch, 2015). The same key gives
 * the same answer on every gateway and after every restart, and when weights change only as many keys move as must.
 * `names` tell the candidates apart, in the order of the weights.
 */
export function rendezvous(key: string, names: readonly string[], weights: Weights): number {
  let best = 0;
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < names.length; i++) {
    const weight = weights[i] as number;
    if (weight === 0) continue;
    const score = -weight / Math.log(unit(`${names[i] as string}\n${key}`));
    if (score > highest) [best, highest] = [i, score];
  }
  return best;
}

/** A text as a number between 0 and 1, both left out: FNV-1a over its UTF-16 units, then MurmurHash3's last step, which spreads what FNV leaves alike. */
function unit(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (((hash ^ (hash >>> 16)) >>> 0) + 0.5) / 2 ** 32;
}
