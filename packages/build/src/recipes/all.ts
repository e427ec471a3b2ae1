import { node } from './node.ts';
import { python } from './python.ts';
import type { Recipe } from './recipe.ts';

/** By the name of the runtime, without its version. What has none runs as it is. */
export const recipes: Readonly<Record<string, Recipe | undefined>> = { node, python };
