/** The moments that a query is answered for, in milliseconds since 1970; one of them for an instant query. */
export interface Steps {
  readonly start: number;
  readonly stepMs: number;
  readonly count: number;
}

export const timeOf = (steps: Steps, index: number): number => steps.start + index * steps.stepMs;
export const endOf = (steps: Steps): number => timeOf(steps, steps.count - 1);
