import type { PackageManifest } from './packages.ts';

/** What runs in the place of an image of OpenFaaS's that needs no engine: code of ours in `store/functions`. */
export interface BundledImage {
  /** Folder below `store/functions`: the code, or, where there are several, the first of those that stand side by side. */
  readonly folder: string;
  /** All of them, where its code is more than one folder. */
  readonly folders?: readonly string[];
  /** Packages of this installation that it needs. */
  readonly modules?: readonly string[];
  readonly manifest: PackageManifest;
  /** Variables that the image sets, unless the function does. */
  readonly env: Readonly<Record<string, string>>;
}

const program = (fprocess: string): Omit<BundledImage, 'folder'> => ({
  manifest: { runtime: 'process', entry: '.', signature: 'auto' },
  env: { fprocess },
});
const node: Omit<BundledImage, 'folder'> = {
  manifest: { runtime: 'node', entry: 'handler.js', signature: 'event' },
  env: {},
};

/** Several folders beside each other, with libraries. */
const picture = (folder: string, ...modules: readonly string[]): Omit<BundledImage, 'folder'> => ({
  manifest: { runtime: 'node', entry: `${folder}/handler.js`, signature: 'event' },
  env: { RAW_BODY: 'true' },
  folders: [folder, 'image'],
  modules: ['@napi-rs/canvas', ...modules],
});
const withModule = (module: string): Omit<BundledImage, 'folder'> => ({
  manifest: { runtime: 'node', entry: 'handler.js', signature: 'event' },
  env: { RAW_BODY: 'true' },
  modules: [module],
});

const bundled: Readonly<Record<string, Omit<BundledImage, 'folder'>>> = {
  // The image behind the store's env, shasum and alpine: whatever command it is given, of those that this machine has.
  alpine: program('cat'),
  nodeinfo: node,
  printer: node,
  figlet: node,
  cows: node,
  markdown: node,
  certinfo: node,
  sleep: node,
  mememachine: picture('mememachine', '@fontsource/anton'),
  colorise: picture('colorise'),
  qrcode: withModule('uqr'),
  sentiment: withModule('vader-sentiment'),
};

export const bundledNames: readonly string[] = Object.keys(bundled);

/** `functions/NAME` on Docker Hub, which is where images come from that name no registry, and `ghcr.io/openfaas/NAME`; with any tag or none. */
/** Other names of the same. */
const alsoKnown: Readonly<Record<string, string>> = {
  'markdown-render': 'markdown',
  'qrcode-go': 'qrcode',
  sentimentanalysis: 'sentiment',
};

const openFaas =
  /^(?:(?:(?:index\.|registry-1\.)?docker\.io\/)?functions|ghcr\.io\/openfaas)\/([a-z0-9][a-z0-9-]*)(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;

/** What stands in for an image; undefined where nothing does. */
export function bundledImage(image: string): BundledImage | undefined {
  const written = openFaas.exec(image)?.[1];
  const name = written === undefined ? undefined : (alsoKnown[written] ?? written);
  if (name === undefined || !Object.hasOwn(bundled, name)) return undefined;
  return { folder: name, ...(bundled[name] as Omit<BundledImage, 'folder'>) };
}
