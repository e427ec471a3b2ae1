/** Steps in an octave: a duration is told within a fifth of it at worst, and better where several fall between two bounds. */
const stepsInOctave = 4;
/** The first bound is 2⁻¹¹ s, about half a millisecond. */
const lowest = -11;
/** The last one is 2⁹ s, longer than a call may take. */
const highest = 9;

/** Upper bounds in seconds, log-linear: the same for all functions, so that what was counted can be added up over functions and times. */
export const durationSteps: readonly number[] = Array.from(
  { length: (highest - lowest) * stepsInOctave + 1 },
  (_, i) => 2 ** (lowest + Math.floor(i / stepsInOctave)) * (1 + (i % stepsInOctave) / stepsInOctave),
);

/** Every fourth of them: each twice the one before. */
export const octaves: readonly number[] = durationSteps.filter((_, step) => step % stepsInOctave === 0);

/** Where among the octaves a step belongs. */
export const octaveOf = (step: number): number => Math.ceil(step / stepsInOctave);

const float = new Float64Array(1);
const word = new Uint32Array(float.buffer, 4, 1);

/** Where among the bounds a duration in seconds belongs: the first that it does not exceed, `durationSteps.length` above them all. */
export function durationStep(seconds: number): number {
  if (!(seconds > (durationSteps[0] as number))) return 0;
  if (seconds > 2 ** highest) return durationSteps.length;
  float[0] = seconds;
  // The exponent and the two bits after it are the step below, which is the number's own where it is a bound itself.
  const below = ((word[0] as number) >>> 18) - ((1023 + lowest) << 2);
  return seconds > (durationSteps[below] as number) ? below + 1 : below;
}
