// A function of the store, put together as the gateway does it and running in a host of its own.
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { answerOn, callStreaming, sendBody } from '../packages/runtime/conformance/side.ts';
import { type Deployed, withFunction } from '../packages/runtime/node/function-in-test.ts';

/** The gateway brings the modules of the store's functions. */
export const installed = createRequire(`${import.meta.dirname}/x.js`);

export interface StoreFunction {
  /** Folders of `store/functions`; the handler is in the first. */
  folders: [string, ...string[]];
  modules: string[];
}

/** Why its tests cannot run, or `false`. */
export function missing({ modules }: StoreFunction): string | false {
  const absent = modules.filter((name) => placeOf(name) === undefined);
  return absent.length > 0 && `not installed: ${absent.join(', ')}`;
}

export async function withStoreFunction(
  { folders, modules }: StoreFunction,
  use: (deployed: Deployed) => Promise<void>,
  env: Record<string, string> = {},
): Promise<void> {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'store-')));
  try {
    for (const name of folders) {
      cpSync(path.join(import.meta.dirname, 'functions', name), path.join(folder, name), { recursive: true });
    }
    for (const name of modules) {
      const link = path.join(folder, 'node_modules', name);
      mkdirSync(path.dirname(link), { recursive: true });
      symlinkSync(placeOf(name) as string, link);
    }
    const handler = path.join(folder, folders[0], 'handler.js');
    const files = { 'index.js': `module.exports = require(${JSON.stringify(handler)})` };
    await withFunction({ files, entry: 'index.js', signature: 'event', env }, async (deployed) => {
      if (deployed.loaded.ok !== true) throw new Error(JSON.stringify(deployed.loaded));
      await use(deployed);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function placeOf(name: string): string | undefined {
  const folders = installed.resolve.paths(name) ?? [];
  const found = folders.map((at) => path.join(at, name)).find((at) => existsSync(at));
  return found && realpathSync(found);
}

/** A body that is too long to come at once. */
export async function callStreamed(
  { host }: Deployed,
  target: string,
  sent: Buffer,
): Promise<{ status: number; body: Buffer }> {
  const side = await host.line();
  callStreaming(side, 1, target);
  await sendBody(side, sent);
  const { answer, body } = await answerOn(side);
  side.close();
  return { status: answer.status, body };
}
