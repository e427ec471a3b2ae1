/** A sum that keeps what rounding loses (Neumaier), so that large numbers of both signs do not swallow small ones. */
export class Sum {
  #sum = 0;
  #lost = 0;

  add(value: number): void {
    const sum = this.#sum + value;
    if (Number.isFinite(sum))
      this.#lost +=
        Math.abs(this.#sum) >= Math.abs(value) ? this.#sum - sum + value : value - sum + this.#sum;
    this.#sum = sum;
  }

  get value(): number {
    return Number.isFinite(this.#sum) ? this.#sum + this.#lost : this.#sum;
  }
}

export function sumOf(values: Float64Array): number {
  const sum = new Sum();
  for (const value of values) sum.add(value);
  return sum.value;
}

/** The mean, also where the sum is beyond what a number holds. */
export function meanOf(values: Float64Array): number {
  const sum = sumOf(values);
  if (Number.isFinite(sum) || values.some((value) => !Number.isFinite(value))) return sum / values.length;
  return values.reduce((mean, value) => mean + value / values.length, 0);
}

/** The variance of the whole, not of a sample of it (Welford). */
export function varianceOf(values: Float64Array): number {
  let mean = 0;
  let squares = 0;
  values.forEach((value, index) => {
    const delta = value - mean;
    mean += delta / (index + 1);
    squares += delta * (value - mean);
  });
  return squares / values.length;
}

/** The φ-quantile, linear between neighbours; NaN counts as the smallest. */
export function quantileOf(quantile: number, values: Float64Array): number {
  if (values.length === 0 || Number.isNaN(quantile)) return Number.NaN;
  if (quantile < 0) return -Infinity;
  if (quantile > 1) return Infinity;
  const numbers = values.filter((value) => !Number.isNaN(value)).sort();
  const missing = values.length - numbers.length;
  const at = (rank: number): number => (rank < missing ? Number.NaN : (numbers[rank - missing] ?? 0));
  const rank = quantile * (values.length - 1);
  const lower = Math.floor(rank);
  const weight = rank - lower;
  return at(lower) * (1 - weight) + at(Math.min(lower + 1, values.length - 1)) * weight;
}

/** The greatest; NaN only where there is nothing else. */
export const greatestOf = (values: Float64Array): number =>
  values.reduce((most, value) => (value > most || Number.isNaN(most) ? value : most), Number.NaN);

export const leastOf = (values: Float64Array): number =>
  values.reduce((least, value) => (value < least || Number.isNaN(least) ? value : least), Number.NaN);
