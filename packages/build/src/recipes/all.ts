import { go } from './go.ts';
import { java } from './java.ts';
import { node } from './node.ts';
import { php } from './php.ts';
import { program } from './program.ts';
import { python } from './python.ts';
import type { Recipe } from './recipe.ts';
import { ruby } from './ruby.ts';

/** By the name of the runtime, without its version. What has none runs as it is. */
export const recipes: Readonly<Record<string, Recipe | undefined>> = {
  node,
  python,
  go,
  java,
  ruby,
  php,
  process: program,
};
