import { entry } from './entry.ts';

/** What somebody asked of the history of numbers. */
export const queryErrors = {
  query_refused: entry(
    400,
    'caller',
    'The query cannot be understood',
    'Correct the query: the cause says where and what was wrong.',
  ),
  query_failed: entry(
    422,
    'caller',
    'The query has no answer on these series',
    'Correct the query: the cause says which series are in the way.',
  ),
  query_too_large: entry(
    422,
    'caller',
    'The query asks for too much at once',
    'Ask for a shorter time, a longer step, a shorter range, or fewer series.',
  ),
  query_out_of_time: entry(
    503,
    'caller',
    'The query took too long',
    'Ask for a shorter time, a longer step, or fewer series.',
  ),
  query_abandoned: entry(499, 'caller', 'Nobody waits for this query any more', 'Ask again.'),
};
