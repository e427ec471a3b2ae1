/** Whose doing a failure is. Decides who is told, and what counts against whom. */
export type Fault = 'caller' | 'function' | 'operator' | 'wherry';

/** One line of the catalogue. `next` is what the reader should do now; `{name}` is filled from the error's details. */
export interface Entry {
  readonly status: number;
  readonly fault: Fault;
  readonly title: string;
  readonly next: string;
}

export const entry = (status: number, fault: Fault, title: string, next: string): Entry => ({
  status,
  fault,
  title,
  next,
});
