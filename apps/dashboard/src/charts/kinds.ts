/** The kinds of charts there are. */
export const kinds = ['line', 'area', 'step', 'bars'] as const;
export type Kind = (typeof kinds)[number];
