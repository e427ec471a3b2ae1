// A column of numbers, as narrow as its numbers allow. A byte says how: in its low half how many bytes each value has, in its high half
// what they are counted from.

/** In the low half: every value is the base itself; or 1, 2 or 4 bytes above it; or each is a double. */
const [constant, doubles] = [0, 8];
/** In the high half: -1, 0, or what follows as one byte, as two, or as a double. */
const bases = { none: 0x00, zero: 0x10, byte: 0x20, short: 0x30, double: 0x40 } as const;
/** Bytes that each base takes, by the high half. */
const baseBytes = [0, 0, 1, 2, 8];

/** Most bytes that a column of so many values takes. */
export const mostBytes = (count: number): number => 9 + 8 * count;

/** Writes `count` values from place `from` on. Returns where the next thing goes. */
export function putColumn(
  view: DataView,
  start: number,
  values: Float64Array,
  from: number,
  count: number,
): number {
  const width = widthOf(values, from, from + count);
  let at = start + 1;
  if (width === doubles) {
    view.setUint8(start, doubles);
    for (let place = from; place < from + count; place += 1, at += 8)
      view.setFloat64(at, values[place]!, true);
    return at;
  }
  const least = leastOf(values, from, width === constant ? from + 1 : from + count);
  const base = baseOf(least);
  view.setUint8(start, base | width);
  at = putBase(view, at, base, least);
  if (width === 1)
    for (let place = from; place < from + count; place += 1, at += 1)
      view.setUint8(at, values[place]! - least);
  else if (width === 2)
    for (let place = from; place < from + count; place += 1, at += 2)
      view.setUint16(at, values[place]! - least, true);
  else if (width === 4)
    for (let place = from; place < from + count; place += 1, at += 4)
      view.setUint32(at, values[place]! - least, true);
  return at;
}

function widthOf(values: Float64Array, from: number, end: number): number {
  const first = values[from]!;
  let place = from;
  // Most columns are the same all along.
  while (place < end && values[place] === first) place += 1;
  if (place === end) return constant;
  let [least, most] = [first, first];
  for (place = from; place < end; place += 1) {
    const value = values[place]!;
    if (!Number.isSafeInteger(value)) return doubles;
    if (value < least) least = value;
    else if (value > most) most = value;
  }
  const range = most - least;
  return range <= 0xff ? 1 : range <= 0xffff ? 2 : range <= 0xffffffff ? 4 : doubles;
}

function leastOf(values: Float64Array, from: number, end: number): number {
  let least = values[from]!;
  for (let place = from + 1; place < end; place += 1) if (values[place]! < least) least = values[place]!;
  return least;
}

function baseOf(least: number): number {
  if (least === -1) return bases.none;
  if (least === 0) return bases.zero;
  if (!Number.isInteger(least) || least < 0 || least > 0xffff) return bases.double;
  return least <= 0xff ? bases.byte : bases.short;
}

function putBase(view: DataView, at: number, base: number, least: number): number {
  if (base === bases.byte) view.setUint8(at, least);
  else if (base === bases.short) view.setUint16(at, least, true);
  else if (base === bases.double) view.setFloat64(at, least, true);
  return at + baseBytes[base >> 4]!;
}

/** A column as it was written. Throws a RangeError where there is none. */
export class Column {
  readonly end: number;
  readonly #view: DataView;
  readonly #values: number;
  readonly #width: number;
  readonly #base: number;

  constructor(view: DataView, start: number, count: number) {
    const how = view.getUint8(start);
    const base = how & 0xf0;
    this.#view = view;
    this.#width = how & 0x0f;
    const bytes = baseBytes[base >> 4];
    if (bytes === undefined || ![0, 1, 2, 4, 8].includes(this.#width)) throw new RangeError('no such column');
    this.#base = base === bases.none ? -1 : base === bases.zero ? 0 : baseAt(view, start + 1, base);
    this.#values = start + 1 + bytes;
    this.end = this.#values + this.#width * count;
    if (this.end > view.byteLength) throw new RangeError('a column is cut off');
  }

  at(row: number): number {
    const place = this.#values + row * this.#width;
    switch (this.#width) {
      case constant:
        return this.#base;
      case 1:
        return this.#base + this.#view.getUint8(place);
      case 2:
        return this.#base + this.#view.getUint16(place, true);
      case 4:
        return this.#base + this.#view.getUint32(place, true);
      default:
        return this.#view.getFloat64(place, true);
    }
  }
}

function baseAt(view: DataView, at: number, base: number): number {
  if (base === bases.byte) return view.getUint8(at);
  return base === bases.short ? view.getUint16(at, true) : view.getFloat64(at, true);
}
