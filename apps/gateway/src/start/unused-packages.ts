import { packageDigest } from '@wherry/core/packages';
import type { PackageStore } from '@wherry/core/ports/package-store';
import { deploymentsOf } from '@wherry/core/rules/versions';
import type { Platform } from '@wherry/engine/platform';
import type { Log } from '../machine/log.ts';

/**
 * Removes packages that no version of a function needs, and no name of an image. Only at the start: later, somebody may have uploaded one for a
 * deploy that is still to come.
 */
export async function sweepPackages(
  { functions, builds }: Pick<Platform, 'functions' | 'builds'>,
  packages: PackageStore,
  log: Log,
): Promise<void> {
  const used = functions
    .list()
    .flatMap(({ record }) => deploymentsOf(record))
    .flatMap(({ package: named, spec }) => [named, packageDigest(spec.image)]);
  try {
    used.push(...(await builds.used()));
    await packages.sweep(new Set(used.filter((digest) => digest !== undefined)));
  } catch (error) {
    log.problem(`unused packages were not removed: ${(error as Error).message}`);
  }
}
