import { bundledImage } from '@wherry/core/bundled-images';
import { WherryError } from '@wherry/core/errors';
import type { Deployment } from '@wherry/core/function';
import { runtimeParts } from '@wherry/core/languages';
import { printable } from '@wherry/core/names';
import { packageDigest, type PackageManifest } from '@wherry/core/packages';
import type { PackageStore } from '@wherry/core/ports/package-store';
import type { Code } from './assignment.ts';
import { bundledCode } from './bundled-code.ts';
import type { Runtime } from './runtimes/runtime.ts';
import type { Runtimes } from './runtimes/runtimes.ts';

const component = 'process-provider';

/** Where code is kept. */
export interface CodePlaces {
  readonly packages: PackageStore;
  /** The code behind bundled images, and where it is put together. */
  readonly functions: string;
  readonly cache: string;
}

/** What a deployment's image means: a package that it was resolved to or names itself, or code of ours. Throws `image_needs_engine` and what `Runtimes.of` throws. */
export async function findCode(
  deployment: Deployment,
  { packages, functions, cache }: CodePlaces,
  runtimes: Runtimes,
): Promise<Code> {
  const { image, name } = deployment.spec;
  const bundled = deployment.package === undefined ? bundledImage(image) : undefined;
  if (bundled !== undefined) {
    const { manifest, env } = bundled;
    const runtime = await runtimes.of(manifest.runtime);
    return { folder: bundledCode(bundled, functions, cache), manifest, env, runtime };
  }
  const digest = deployment.package ?? packageDigest(image);
  if (digest === undefined)
    throw new WherryError(
      'image_needs_engine',
      `${printable(image)} is an image, and no container engine is set up`,
      { component, name },
    );
  const stored = await packages.get(digest);
  if (stored === undefined)
    throw new WherryError('package_unknown', `package ${digest.slice(0, 12)} is not in the data folder`, {
      component,
    });
  const { manifest } = stored;
  const runtime = await runtimes.of(manifest.runtime);
  return { folder: await packages.folder(digest), manifest, env: manifest.env ?? {}, runtime };
}

/** Whether it is the version that was asked for, if one was. */
export function isOf(manifest: PackageManifest, { version }: Runtime): boolean {
  const { name, version: asked } = runtimeParts(manifest.runtime);
  return name !== 'node' || asked === undefined || version.startsWith(`${asked}.`);
}
