import { packageImage } from '@wherry/core/packages';
import { archive } from '../../e2e/archive.ts';
import { nodeFunction } from './functions.ts';
import type { Wherry } from './wherry.ts';

/** The name of the nth of many. */
export const nthName = (n: number): string => `many-${n}`;

/** Deploys as many functions as wanted from one package, a few at a time. Resolves with the seconds it took. */
export async function deployMany({ gateway }: Wherry, count: number): Promise<number> {
  const startedAt = performance.now();
  const { files } = nodeFunction();
  const packed = await archive({ runtime: 'node', entry: 'handler.js', signature: 'auto' }, files);
  const { digest } = (await (await gateway.upload(packed)).json()) as { digest: string };
  let next = 0;
  const deploy = async (): Promise<void> => {
    while (next < count) {
      const service = nthName(next++);
      const image = packageImage(service, digest);
      const response = await gateway.system('POST', '/system/functions', { service, image });
      if (!response.ok) throw new Error(`deploying ${service}: ${response.status} ${await response.text()}`);
      await response.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, deploy));
  return (performance.now() - startedAt) / 1000;
}

const atOnce = 4;
