import type { StoreEntry, StoreExample, StorePermissions } from '@wherry/core/store-entry';

/** An entry of GET /system/store: OpenFaaS's fields under its names, and ours. */
export interface StoreItem {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly author?: string;
  readonly repo_url?: string;
  readonly images: Readonly<Record<string, string>>;
  readonly fprocess?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly readOnlyRootFilesystem?: boolean;
  readonly permissions: StorePermissions;
  readonly example?: StoreExample;
  /** SHA-256 of the code, and its bytes; absent where only an engine could tell. */
  readonly digest?: string;
  readonly bytes?: number;
}

/** GET /system/store: a catalogue that OpenFaaS's client reads as its own. */
export interface StoreList {
  readonly version: string;
  readonly functions: readonly StoreItem[];
}

/** POST /system/store/{name}: what to send to have the entry deployed. */
export interface StoreOrder {
  readonly image: string;
  readonly item: StoreItem;
}

export function encodeStoreItem(entry: StoreEntry, permissions: StorePermissions): StoreItem {
  const { name, title, description, author, repository, images, fprocess, environment, labels, annotations } =
    entry;
  const digest = entry.package?.digest ?? entry.digest;
  const bytes = entry.package?.bytes ?? entry.bytes;
  return {
    ...{ name, title, description, images, environment, labels, annotations, permissions },
    ...(author === undefined ? {} : { author }),
    ...(repository === undefined ? {} : { repo_url: repository }),
    ...(fprocess === undefined ? {} : { fprocess }),
    ...(entry.readOnlyRootFilesystem === true ? { readOnlyRootFilesystem: true } : {}),
    ...(entry.example === undefined ? {} : { example: entry.example }),
    ...(digest === undefined ? {} : { digest }),
    ...(bytes === undefined ? {} : { bytes }),
  };
}
