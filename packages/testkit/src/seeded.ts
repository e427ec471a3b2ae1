/** Where the tests that try at random begin: another number every time, unless WHERRY_FUZZ_SEED says one. They print it where they fail. */
export const seed = Number(process.env['WHERRY_FUZZ_SEED'] ?? Date.now() % 1_000_000_007);

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function seeded(start: number = seed): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
