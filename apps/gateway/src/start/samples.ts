import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asWherryError } from '@wherry/core/errors';
import { defaultNamespace, fullName } from '@wherry/core/names';
import { packageImage } from '@wherry/core/packages';
import type { GatewayServer } from './gateway-server.ts';
import type { Log } from '../machine/log.ts';
import { probeCall } from './probe-call.ts';

/** A sample function and what it answered. */
export interface Sample {
  readonly name: string;
  readonly said: string;
}

/**
 * Deploys the functions of a folder that never were, and calls each once. A sample is a folder with a `wherry-package.json` and its code;
 * those whose runtime is missing here are passed over, and so are those that somebody removed.
 */
export async function deploySamples(
  server: GatewayServer,
  folder: string,
  log: Log,
): Promise<readonly Sample[]> {
  const runtimes = new Set(server.platform.report.runtimes.map(({ name }) => name));
  const called = await server.platform.parts.records.counts();
  const samples: Sample[] = [];
  for (const name of sampleNames(folder)) {
    try {
      const { runtime } = JSON.parse(readFileSync(join(folder, name, 'wherry-package.json'), 'utf8')) as {
        runtime: string;
      };
      if (!runtimes.has(runtime)) {
        log.info(`sample ${name} left out: no ${runtime} on this machine`);
        continue;
      }
      const target = { namespace: defaultNamespace, name };
      if (server.platform.functions.get(target) === undefined) {
        if (called.has(fullName(target))) continue;
        await deploySample(server, folder, name);
      }
      samples.push({ name, said: await probeCall(server.platform, name, 'world') });
    } catch (error) {
      log.problem(`sample ${name}: ${asWherryError(error, 'samples').message}`);
    }
  }
  return samples;
}

function sampleNames(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.startsWith('hello-'))
    .map((entry) => entry.name)
    .sort();
}

async function deploySample(
  { platform, packages }: GatewayServer,
  folder: string,
  name: string,
): Promise<void> {
  const { create } = await import('tar');
  const archive = create({ cwd: join(folder, name), portable: true, gzip: true }, [
    'wherry-package.json',
    'code',
  ]);
  const { digest } = await packages.put(archive as unknown as AsyncIterable<Uint8Array>, []);
  const spec = { namespace: defaultNamespace, name, image: packageImage(name, digest) };
  await platform.deployer.deploy(
    spec,
    { name: 'samples', scopes: ['admin'], functions: '*' },
    { mustExist: false },
  );
}
