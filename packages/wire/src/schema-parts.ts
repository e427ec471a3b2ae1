/** What several schemas have. */
import * as z from 'zod/mini';
import { mostKeys } from './fields.ts';

export const texts = z.nullish(
  z
    .record(z.string().check(z.minLength(1)), z.string())
    .check(z.refine((map) => Object.keys(map).length <= mostKeys)),
);
export const list = z.nullish(z.array(z.string()).check(z.maxLength(mostKeys)));
