/** What one query may cost. Each is refused by name, and none can be raised by a query. */
export const bounds = {
  /** Characters of a query. */
  text: 16_384,
  /** Parentheses, calls and operators within each other. */
  depth: 64,
  /** Moments that a range query is answered for. */
  points: 11_000,
  /** Moments that a subquery is worked out for. */
  subqueryPoints: 100_000,
  /** Samples that are read, looked at in ranges, and made on the way. */
  samples: 20_000_000,
  series: 50_000,
  /** Points of an answer: held as a whole, and several times over, until it has been read. */
  answer: 1_000_000,
  /** Characters of a regular expression. */
  pattern: 1_024,
  /** Characters times repetitions of a regular expression: about how many steps each character of a label costs. */
  patternParts: 20_000,
  /** Characters of a label's value that a query makes. */
  labelValue: 4_096,
  /** Milliseconds from the start to the answer. */
  deadlineMs: 30_000,
  /** Milliseconds of work after which others get their turn. */
  turnMs: 5,
} as const;

/** Milliseconds for which a sample stands for its series when nothing newer is there. */
export const lookbackMs = 300_000;

/** The step of a subquery that names none. */
export const subqueryStepMs = 60_000;

/** How far apart samples are at the coarsest that is foreseen: where nothing is found, it is looked for as far back as that needs. */
export const coarsestMs = 3_600_000;

/** How far apart samples are at the finest: there, Prometheus's semantics hold to the letter. */
export const finestMs = 10_000;
