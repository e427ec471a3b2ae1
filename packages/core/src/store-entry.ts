import type { Strings } from './function.ts';
import type { Digest } from './packages.ts';
import { WherryError } from './errors.ts';
import { isName, printable } from './names.ts';

/** What a function of the store wants to be allowed, beyond running. */
export interface StorePermissions {
  /** As `com.wherry.network`. */
  readonly network: string;
  /** Names of secrets that it reads. */
  readonly secrets: readonly string[];
}

/** Code of an entry that is fetched when it is deployed, as a package. */
export interface StorePackage {
  /** Beside the catalogue: relative to its address, and never on another server. */
  readonly url: string;
  readonly digest: Digest;
  /** Of the archive. */
  readonly bytes: number;
}

/** A call that shows what the function does. */
export interface StoreExample {
  readonly body?: string;
  readonly method?: string;
  readonly path?: string;
  readonly contentType?: string;
  /** What comes back, in words or as it is. */
  readonly answers?: string;
}

/** A function that can be deployed by its name: an entry of OpenFaaS's functions.json, and what we add to it. */
export interface StoreEntry {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly author?: string;
  readonly repository?: string;
  /** Image references by architecture, as OpenFaaS spells it: x86_64, arm64, armhf. */
  readonly images: Strings;
  readonly fprocess?: string;
  readonly environment: Strings;
  readonly labels: Strings;
  readonly annotations: Strings;
  readonly readOnlyRootFilesystem?: boolean;
  readonly package?: StorePackage;
  /** What it says it asks for; absent where it says nothing, as entries of OpenFaaS. */
  readonly permissions?: StorePermissions;
  readonly example?: StoreExample;
  /** Of the code that is bundled. */
  readonly digest?: Digest;
  readonly bytes?: number;
}

const mostEntries = 2_000;
const mostText = 4_096;

/** Reads a catalogue: `{version, functions: […]}`. Throws `store_unusable` naming the entry and what is wrong in it. */
export function readCatalogue(value: unknown, origin: string): readonly StoreEntry[] {
  const functions = isObject(value) ? value['functions'] : undefined;
  if (!Array.isArray(functions)) throw unusable(origin, 'it has no list "functions"');
  if (functions.length > mostEntries) throw unusable(origin, `more than ${mostEntries} entries`);
  const names = new Set<string>();
  return functions.map((one, at) => {
    const entry = readEntry(one, (why) => unusable(origin, `functions[${at}]: ${why}`));
    if (names.has(entry.name)) throw unusable(origin, `functions[${at}]: ${entry.name} stands there twice`);
    names.add(entry.name);
    return entry;
  });
}

function readEntry(value: unknown, refuse: (why: string) => WherryError): StoreEntry {
  if (!isObject(value)) throw refuse('not an object');
  const text = (key: string, from = value): string | undefined => {
    const found = from[key];
    if (found === undefined || found === null || found === '') return undefined;
    if (typeof found !== 'string' || found.length > mostText)
      throw refuse(`${key} is no text of at most ${mostText} characters`);
    return found;
  };
  const map = (key: string): Strings => {
    const found = value[key];
    if (found === undefined || found === null) return {};
    if (!isObject(found) || Object.values(found).some((one) => typeof one !== 'string'))
      throw refuse(`${key} is no map of texts`);
    return found as Strings;
  };
  const name = text('name') ?? '';
  if (!isName(name)) throw refuse(`${printable(name)} is not the name of a function`);
  const images = map('images');
  const code = value['package'];
  if (Object.keys(images).length === 0 && code === undefined)
    throw refuse(`${name} has neither images nor a package`);
  const optional = <K extends string, T>(key: K, found: T | undefined): { readonly [P in K]?: T } =>
    (found === undefined ? {} : { [key]: found }) as { readonly [P in K]?: T };
  return {
    name,
    title: text('title') ?? name,
    description: text('description') ?? '',
    images,
    environment: map('environment'),
    labels: map('labels'),
    annotations: map('annotations'),
    ...optional('author', text('author')),
    ...optional('repository', text('repo_url')),
    ...optional('fprocess', text('fprocess')),
    ...(value['readOnlyRootFilesystem'] === true ? { readOnlyRootFilesystem: true } : {}),
    ...optional('package', code === undefined ? undefined : readPackage(code, refuse)),
    ...optional('permissions', readPermissions(value['permissions'], refuse)),
    ...optional('example', readExample(value['example'], text)),
  };
}

function readPackage(value: unknown, refuse: (why: string) => WherryError): StorePackage {
  if (!isObject(value)) throw refuse('package is not an object');
  const { url, digest, bytes } = value;
  if (typeof url !== 'string' || url === '' || url.length > mostText) throw refuse('package.url is missing');
  if (typeof digest !== 'string' || !/^(?:sha256:)?[0-9a-f]{64}$/.test(digest))
    throw refuse('package.digest is no SHA-256 in hexadecimal');
  if (typeof bytes !== 'number' || !Number.isInteger(bytes) || bytes < 1)
    throw refuse('package.bytes is no size');
  return { url, digest: digest.replace('sha256:', ''), bytes };
}

function readPermissions(value: unknown, refuse: (why: string) => WherryError): StorePermissions | undefined {
  if (value === undefined) return undefined;
  if (!isObject(value)) throw refuse('permissions is not an object');
  const { network = 'none', secrets = [] } = value;
  if (typeof network !== 'string') throw refuse('permissions.network is no text');
  if (!Array.isArray(secrets) || secrets.some((one) => typeof one !== 'string'))
    throw refuse('permissions.secrets is no list of texts');
  return { network, secrets: secrets as string[] };
}

function readExample(
  value: unknown,
  text: (key: string, from: Record<string, unknown>) => string | undefined,
): StoreExample | undefined {
  if (!isObject(value)) return undefined;
  const fields = ['body', 'method', 'path', 'contentType', 'answers'].map(
    (key) => [key, text(key, value)] as const,
  );
  return Object.fromEntries(fields.filter(([, found]) => found !== undefined));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unusable(origin: string, why: string): WherryError {
  return new WherryError('store_unusable', `${origin}: ${why}`, { component: 'store' });
}
