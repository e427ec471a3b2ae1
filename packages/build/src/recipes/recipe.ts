import type { Strings } from '@wherry/core/function';
import type { PackageManifest } from '@wherry/core/packages';
import type { Site } from '../site.ts';
import type { Tool } from '../tools/tool.ts';
import type { Toolbox } from '../tools/toolbox.ts';

/** Source that is to be built, as a recipe sees it before anything is done. */
export interface Ingredients {
  /** The source on this machine; read-only. */
  readonly folder: string;
  readonly manifest: PackageManifest;
  readonly args: Strings;
}

/** How functions of a language are built. */
export interface Recipe {
  /** The tools that a build of this source uses; undefined where it runs as it is. Throws `tool_missing`, `build_refused`. */
  plan(source: Ingredients, toolbox: Toolbox): Promise<Plan | undefined>;
}

export interface Plan {
  /** Whose versions decide about the result. */
  readonly tools: readonly Tool[];
  make(site: Site): Promise<Made>;
}

/** What a recipe has made of the code's folder. */
export interface Made {
  readonly manifest: PackageManifest;
  /** What is not packed, in the language of .gitignore. */
  readonly leftOut?: readonly string[];
  /** Files of ours that stand in the package: never written into the folder, where a build may have put a link. */
  readonly added?: readonly { readonly path: string; readonly from: string }[];
}
