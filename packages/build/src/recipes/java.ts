import type { Recipe } from './recipe.ts';

export const java: Recipe = {
  async plan() {
    return undefined;
  },
};
