import type { FunctionName } from '@wherry/core/names';
import { packageImage } from '@wherry/core/packages';
import type { BuildLine, BuildRequest } from '@wherry/wire/builds';
import type { Client } from '@wherry/wire/client';
import { ClientError } from '@wherry/wire/client-error';
import { escapeLine } from '../output/escape.ts';
import { type Packed, upload } from '../deploying/code.ts';

/** What a build is asked for beside its code. */
export interface BuildWishes {
  readonly args: Readonly<Record<string, string>>;
  /** Files that the build may read, by name. */
  readonly secrets?: Readonly<Record<string, Uint8Array>>;
  readonly fresh: boolean;
  readonly allow: readonly string[];
  /** A name for the result in the gateway's catalogue. */
  readonly image?: string;
}

/** What came of it. */
export interface Result {
  readonly image: string;
  readonly how: NonNullable<BuildLine['how']>;
}

/** Told what happens: the next step, and what its tools say. */
export interface Listener {
  step(text: string): void;
  line(text: string): void;
}

/** Sends code to the gateway and has it built there. Throws what kept it from it, with the lines that say why. */
export async function buildPackage(
  client: Client,
  name: FunctionName,
  packed: Packed,
  wishes: BuildWishes,
  listener: Listener,
): Promise<Result> {
  await upload(client, packed, wishes.allow, (text) => listener.step(text));
  const request: BuildRequest = {
    name: name.name,
    namespace: name.namespace,
    source: packed.archive.digest,
    buildArgs: wishes.args,
    fresh: wishes.fresh,
    ...(wishes.secrets === undefined ? {} : { buildSecrets: inBase64(wishes.secrets) }),
    ...(wishes.image === undefined ? {} : { image: wishes.image }),
  };
  try {
    return await followed(client.build(request), listener);
  } catch (error) {
    // A gateway of before: it runs code as it is.
    if (error instanceof ClientError && error.status === 404)
      return { image: packageImage(name.name, packed.archive.digest), how: 'as-is' };
    throw error;
  }
}

function inBase64(files: Readonly<Record<string, Uint8Array>>): Record<string, string> {
  const pairs = Object.entries(files).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]);
  return Object.fromEntries(pairs) as Record<string, string>;
}

/** Reads a build's lines to the last one, which says what came of it. */
export async function followed(lines: AsyncIterable<BuildLine>, listener: Listener): Promise<Result> {
  let last: BuildLine | undefined;
  for await (const line of lines) {
    for (const text of line.log.filter((one) => one.trim() !== ''))
      if (text.startsWith('→ ')) listener.step(escapeLine(text.slice(2)));
      else listener.line(escapeLine(text));
    last = line;
  }
  if (last?.status === 'success') return { image: last.image ?? '', how: last.how ?? 'built' };
  if (last?.report !== undefined) throw new ClientError(last.report, 422);
  throw new ClientError({
    code: 'answer_cut',
    title: 'The build ended without a result',
    cause: last?.error ?? 'the gateway closed the connection',
    next: 'See what the gateway says; then build again.',
    fault: 'operator',
    component: 'cli',
  });
}
