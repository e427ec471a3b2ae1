/**
 * When an expression comes round. Pure: the same answer whenever and wherever it is asked, so that gateways agree on slots and a restart moves
 * none. Local times that a clock change leaves out run once when it is over; those that come twice run the first time, unless the
 * expression goes through every hour or minute anyway.
 */
export interface Recurrence {
  /** The first slot after a moment, both in milliseconds since 1970; undefined where none comes any more. */
  next(after: number): number | undefined;
}

/** Reads what cron has written for half a century. */
export interface Calendar {
  /** Five or six fields (with seconds first) or `@daily` and its like, in an IANA time zone. Throws an Error that says what is wrong. */
  read(expression: string, zone: string): Recurrence;
}
