import { WherryError } from '@wherry/core/errors';
import { printable } from '@wherry/core/names';
import { packageImage } from '@wherry/core/packages';
import type { PackageStore } from '@wherry/core/ports/package-store';
import type { StoreCatalogue } from '@wherry/core/ports/store-catalogue';
import { networkGrant } from '@wherry/core/rules/network-grant';
import { similar } from '@wherry/core/rules/similar';
import type { StoreEntry, StorePermissions } from '@wherry/core/store-entry';

const component = 'store';
/** What an entry may set of its own accord: bounds of itself, and the network, which is shown. */
const harmless = ['network', 'timeout', 'idle', 'concurrency', 'processes', 'scratch', 'max-body'].map(
  (key) => `com.wherry.${key}`,
);

/** The store: what there is, and what an entry needs before it is deployed. */
export class StoreBook {
  readonly #catalogue: StoreCatalogue;
  readonly #packages: PackageStore;

  constructor(catalogue: StoreCatalogue, packages: PackageStore) {
    this.#catalogue = catalogue;
    this.#packages = packages;
  }

  list(): Promise<readonly StoreEntry[]> {
    return this.#catalogue.list();
  }

  /** An entry by its name, or by its title, as OpenFaaS's client looks it up. Throws `store_unknown`. */
  async find(written: string): Promise<StoreEntry> {
    const all = await this.#catalogue.list();
    const wanted = written.toLowerCase();
    const found =
      all.find(({ name }) => name === wanted) ?? all.find(({ title }) => title.toLowerCase() === wanted);
    if (found !== undefined) return found;
    const near = similar(
      wanted,
      all.map(({ name }) => name),
    );
    throw new WherryError(
      'store_unknown',
      `${printable(written)} is not in the store${near === undefined ? '' : `; did you mean ${near}?`}`,
      { component },
    );
  }

  /**
   * The image to deploy for an entry. Fetches its package, and holds all of it to what the catalogue says. Throws `entry_lied`
   * where that differs; then nothing was kept but what is worth nothing by itself.
   */
  async imageOf(entry: StoreEntry, architecture: string): Promise<string> {
    checkPermissions(entry);
    const { name, package: code, images } = entry;
    if (code === undefined) {
      const image = images[architecture] ?? images['x86_64'] ?? Object.values(images)[0];
      if (image === undefined) throw lied(name, 'it has no image');
      return image;
    }
    const known = await this.#packages.get(code.digest);
    if (known !== undefined) return packageImage(name, known.digest);
    const stored = await this.#packages.put(
      counted(await this.#catalogue.open(entry), code.bytes, (bytes) =>
        lied(name, `its package has ${bytes} bytes, and the catalogue says ${code.bytes}`),
      ),
      [],
    );
    if (stored.digest !== code.digest)
      throw lied(
        name,
        `its package has the digest ${stored.digest.slice(0, 12)}…, and the catalogue says ${code.digest.slice(0, 12)}…`,
      );
    return packageImage(name, stored.digest);
  }
}

/** What an entry is given when it is deployed: what it says it asks for, or, where it says nothing, what its annotations ask for. */
export function permissionsOf({ permissions, annotations }: StoreEntry): StorePermissions {
  return permissions ?? { network: annotations['com.wherry.network'] ?? 'none', secrets: [] };
}

/** An entry that names what it asks for asks for nothing else by the back door. */
function checkPermissions({ name, permissions, annotations, labels }: StoreEntry): void {
  const odd = [...Object.keys(annotations), ...Object.keys(labels)].find(
    (key) => key.startsWith('com.wherry.') && !harmless.includes(key),
  );
  if (odd !== undefined) throw lied(name, `it sets ${odd}, which is for who deploys it to decide`);
  if (permissions === undefined) return;
  const asked = annotations['com.wherry.network'] ?? labels['com.wherry.network'];
  if (asked === undefined) return;
  const [written, promised] = [asked, permissions.network].map((text) => networkGrant('network', text).text);
  if (written !== promised)
    throw lied(name, `its annotations ask for the network ${written}, and its permissions say ${promised}`);
}

async function* counted(
  from: AsyncIterable<Uint8Array>,
  expected: number,
  wrong: (bytes: number) => WherryError,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const piece of from) {
    bytes += piece.length;
    if (bytes > expected) throw wrong(bytes);
    yield piece;
  }
  if (bytes !== expected) throw wrong(bytes);
}

function lied(name: string, why: string): WherryError {
  return new WherryError('entry_lied', `${name}: ${why}`, { component });
}
