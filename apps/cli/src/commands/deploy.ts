import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { defaultNamespace } from '@wherry/core/names';
import { type PackageManifest, packageImage } from '@wherry/core/packages';
import type { Client } from '@wherry/wire/client';
import { type Command, namespaceOption, targetOptions } from '../command.ts';
import type { Context } from '../context.ts';
import { localError, usageError } from '../failures.ts';
import type { Progress } from '../output/progress.ts';
import { bytes } from '../output/quantities.ts';
import type { Archive } from '../packing/archive.ts';
import type { SourceFile } from '../packing/source.ts';

/** The gateway starts the new version before it answers. */
const provingMs = 180_000;

export const command: Command = {
  name: 'deploy',
  summary: 'Deploy a file, a folder or an image as a function, or a new version of it.',
  arguments: [{ name: '[NAME]', says: 'the function, NAME or NAME.NAMESPACE', completes: 'function' }],
  options: [
    { flags: '--from <PATH>', says: 'the code: a file, or a folder with everything it needs' },
    { flags: '--lang <LANGUAGE>', says: 'node or python; told from the code unless given' },
    { flags: '--entry <FILE>', says: 'the file that holds the handler; told from the code unless given' },
    {
      flags: '--signature <NAME>',
      says: 'how the handler is called: auto, event, fetch, http; classic, wsgi, asgi',
    },
    { flags: '--image <REFERENCE>', says: 'an image instead of code' },
    { flags: '-e, --env <KEY=VALUE>', says: 'an environment variable; repeatable', repeats: true },
    { flags: '-l, --label <KEY=VALUE>', says: 'a label; repeatable', repeats: true },
    { flags: '--annotation <KEY=VALUE>', says: 'an annotation; repeatable', repeats: true },
    { flags: '--secret <NAME>', says: 'a secret it may read; repeatable', repeats: true },
    { flags: '--memory-limit <SIZE>', says: 'memory of an instance, such as 128Mi (256Mi)' },
    { flags: '--memory-request <SIZE>', says: 'what an instance counts for, such as 64Mi' },
    { flags: '--cpu-limit <SHARE>', says: 'processors of an instance, such as 500m' },
    { flags: '--cpu-request <SHARE>', says: 'kept for OpenFaaS; no effect here' },
    { flags: '--timeout <DURATION>', says: 'how long a call may take (60s)' },
    { flags: '--concurrency <COUNT>', says: 'calls at once in an instance' },
    { flags: '--network <GRANT>', says: 'none (the default) or host' },
    { flags: '--visibility <WHO>', says: 'public or private; unless given, as the server says' },
    {
      flags: '--allow <FILE>',
      says: 'a file that the search for secrets shall let through; repeatable',
      repeats: true,
    },
    { flags: '--dry-run', says: 'show what would be deployed, and stop' },
    { flags: '--fprocess <COMMAND>', says: 'the process of an image', hidden: true },
    { flags: '--constraint <TEXT>', says: 'where it may run', repeats: true, hidden: true },
    { flags: '--readonly', says: 'read-only root', hidden: true },
    { flags: '--handler <PATH>', says: 'the same as --from', hidden: true },
    { flags: '--name <NAME>', says: 'the function', hidden: true },
    { flags: '--replace', says: 'accepted: deploying always replaces', hidden: true },
    { flags: '--update', says: 'accepted: deploying always updates', hidden: true },
    { flags: '-f, --yaml <FILE>', says: 'a stack file', hidden: true },
    namespaceOption,
    ...targetOptions,
  ],
  examples: [
    ['deploy hello --from handler.js', 'one file'],
    ['deploy shop --from ./shop -e CURRENCY=EUR --timeout 10s', 'a folder, with settings'],
    ['deploy hello --from . --dry-run', 'see what would be sent'],
  ],
  exits: [4, 5, 6, 7],
  related: ['invoke', 'logs', 'describe', 'remove'],
  async run(context) {
    const { options, output } = context;
    if (options.text('yaml') !== undefined) {
      throw localError(
        'not_yet',
        'Stack files are not read yet',
        'this version deploys one function at a time',
        'Use wherry deploy NAME --from PATH for each function.',
      );
    }
    const name = context.functionName();
    const { deploymentRequest } = await import('../deploying/deployment-request.ts');
    const from = options.text('from') ?? options.text('handler');
    const image = options.text('image');
    if ((from === undefined) === (image === undefined)) {
      throw usageError(
        from === undefined ? 'it is not said what to deploy' : '--from and --image exclude each other',
        'Give --from PATH for code, or --image REFERENCE',
      );
    }
    // A mistake in the flags is told before time goes into packing.
    deploymentRequest(name, image ?? packageImage(name.name, '0'.repeat(64)), options);
    const packed =
      from === undefined
        ? undefined
        : await packFrom(resolve(context.cwd, from), options.text('lang'), context);
    const request = deploymentRequest(
      name,
      image ?? packageImage(name.name, packed?.archive.digest ?? ''),
      options,
    );
    if (options.flag('dryRun')) return showPlan(context, request, packed);

    const { client } = await context.connect();
    const progress = output.progress(`Deploying ${name.name}`, true);
    try {
      if (packed !== undefined) await upload(client, packed, options.list('allow'), progress);
      progress.step(`Starting ${name.name}`);
      const how = await client.deploy(request, provingMs);
      progress.stop();
      const dotted = name.namespace === defaultNamespace ? name.name : `${name.name}.${name.namespace}`;
      const url = `${client.target.url}/function/${dotted}`;
      const value = { ...name, image: request.image, url, result: how };
      await output.result(
        value,
        () => `${how === 'created' ? 'Deployed' : 'Updated'} ${name.name}\n\n  ${url}`,
      );
      output.note(
        `\n  Call it:      wherry invoke ${dotted} -d "hello"\n  See its log:  wherry logs ${dotted} -f`,
      );
    } finally {
      progress.stop();
      packed?.archive.discard();
    }
  },
};

interface Packed {
  readonly manifest: PackageManifest;
  readonly files: readonly SourceFile[];
  readonly archive: Archive;
}

async function packFrom(
  from: string,
  lang: string | undefined,
  { options, output }: Context,
): Promise<Packed> {
  const [{ readSource }, { manifestOf }, { pack }] = await Promise.all([
    import('../packing/source.ts'),
    import('../packing/runtime-guess.ts'),
    import('../packing/archive.ts'),
  ]);
  const progress = output.progress('Packing');
  try {
    const files = await readSource(from);
    const manifest = await manifestOf(files, {
      lang,
      entry: options.text('entry'),
      signature: options.text('signature'),
    });
    return { manifest, files, archive: await pack(manifest, files) };
  } finally {
    progress.stop();
  }
}

/** Code that the gateway has is not sent again. */
async function upload(
  client: Client,
  { archive }: Packed,
  allow: readonly string[],
  progress: Progress,
): Promise<void> {
  if ((await client.findPackage(archive.digest)) !== undefined) return;
  progress.step(`Uploading ${bytes(archive.bytes)}`);
  await client.putPackage(createReadStream(archive.path), allow);
}

async function showPlan({ output }: Context, request: unknown, packed: Packed | undefined): Promise<void> {
  packed?.archive.discard();
  const code =
    packed === undefined
      ? undefined
      : { ...packed.manifest, digest: packed.archive.digest, bytes: packed.archive.bytes };
  const files = packed?.files.map(({ path, size }) => ({ path, size }));
  await output.result({ deployment: request, package: code, files }, () => {
    const parts = [JSON.stringify(request, null, 2)];
    if (packed !== undefined) {
      const { runtime, entry, signature } = packed.manifest;
      parts.push(`${runtime}, ${entry}, signature ${signature}; ${bytes(packed.archive.bytes)} packed:`);
      parts.push(packed.files.map(({ path, size }) => `  ${bytes(size).padStart(9)}  ${path}`).join('\n'));
    }
    return parts.join('\n\n');
  });
}
