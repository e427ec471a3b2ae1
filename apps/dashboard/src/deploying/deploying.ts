import type { Client } from '@wherry/wire/client';
import { ClientError } from '@wherry/wire/client-error';
import { deploymentOf } from '../pages/deploy/deployment.ts';
import { type PackedFile, tar } from './tar.ts';

/** Code and what is made of it. */
export interface Order {
  readonly name: string;
  readonly namespace: string;
  readonly runtime: string;
  /** The file that holds the handler. */
  readonly entry: string;
  readonly files: readonly PackedFile[];
  readonly envVars: Readonly<Record<string, string>>;
}

/** In the order in which they come. */
export const phases = ['pack', 'upload', 'build', 'start'] as const;
export type Phase = (typeof phases)[number];

const provingMs = 180_000;
const utf8 = new TextEncoder();

/** Packs, uploads, builds and starts. Tells each phase as it begins, and what the build says. Throws what went wrong. */
export async function deployOrder(
  client: Client,
  { name, namespace, runtime, entry, files, envVars }: Order,
  told: (phase: Phase, lines: readonly string[]) => void,
): Promise<void> {
  told('pack', []);
  const manifest = utf8.encode(`${JSON.stringify({ runtime, entry, signature: 'auto' })}\n`);
  const code = files.map(({ path, bytes }) => ({ path: `code/${path}`, bytes }));
  const archive = await gzipped(tar([{ path: 'wherry-package.json', bytes: manifest }, ...code]));
  told('upload', []);
  const { digest } = await client.putPackage(archive, []);
  told('build', []);
  let image = '';
  for await (const line of client.build({ name, namespace, source: digest })) {
    if (line.log.length > 0) told('build', line.log);
    if (line.status === 'failed')
      throw line.report === undefined
        ? new Error(line.error ?? 'The build failed.')
        : new ClientError(line.report);
    if (line.status === 'success') image = line.image ?? '';
  }
  if (image === '') throw new Error('The build ended without a result. Deploy it again.');
  told('start', []);
  // A new version of what is there keeps its settings.
  const found = (await client.listFunctions(namespace)).find((one) => one.name === name);
  const before = found === undefined ? { service: name, namespace } : deploymentOf(found);
  const after = { ...before, image, envVars: { ...('envVars' in before ? before.envVars : {}), ...envVars } };
  await client.deployFunction(after, provingMs);
}

async function gzipped(pieces: readonly Uint8Array<ArrayBuffer>[]): Promise<Uint8Array<ArrayBuffer>> {
  const packed = new Blob([...pieces]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}
