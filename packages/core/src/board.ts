/** A query of a chart. `legend` names labels, as in `{{code}}`; without one, a line is called by all of them. */
export interface BoardQuery {
  readonly text: string;
  readonly legend?: string;
}

/** A chart as somebody saved it. The kinds and units are those that the dashboard draws; nothing here depends on what they are. */
export interface BoardChart {
  readonly title: string;
  readonly kind: string;
  readonly unit: string;
  readonly queries: readonly BoardQuery[];
}

/** Charts that somebody wants to see together. */
export interface Board {
  readonly name: string;
  readonly title: string;
  readonly charts: readonly BoardChart[];
  /** Counts the changes from 1. */
  readonly revision: number;
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
}

/** What a gateway keeps at most: enough for people, and too little to fill a disk with. */
export const boardBounds = {
  boards: 100,
  charts: 24,
  queries: 5,
  textBytes: 4_096,
  titleBytes: 256,
} as const;
