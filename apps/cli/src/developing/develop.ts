import { resolve } from 'node:path';
import type { Stack, StackFunction } from '@wherry/stack/stack-file';
import type { Client } from '@wherry/wire/client';
import type { Context } from '../context.ts';
import { stackOrFlags } from '../building/stack-or-flags.ts';
import { openStack, pathIn } from '../deploying/stack.ts';
import { LiveView } from './live-view.ts';
import { ownGateway } from './own-gateway.ts';
import { Redeployer } from './redeployer.ts';
import { follow } from './follow.ts';
import { keys } from './keys.ts';
import { watchFiles } from './watch-files.ts';

/** Deploys the functions of a stack, again whenever a file of theirs changes, and shows what they write and who calls them, until it is ended. */
export async function develop(context: Context): Promise<number> {
  const { output, signal } = context;
  let stack = await stackOrFlags(context);
  const gateway = await ownGateway(context, stack.gateway);
  const end = new AbortController();
  const stopped = AbortSignal.any([signal, end.signal]);
  try {
    const { client } = await context.connect({ gateway: stack.gateway });
    const view = new LiveView(output);
    const redeployer = new Redeployer(client, context, view);
    await Promise.all(stack.functions.map((fn) => redeployer.deploy(fn, stack)));
    for (const fn of stack.functions) follow(client, redeployer.nameOf(fn), view, stopped);
    const closeWatch = await watchFiles(foldersOf(stack, context), (changed) => {
      const touched = stack.functions.filter((fn) =>
        changed.some((path) => isIn(path, folderOf(fn, stack, context))),
      );
      for (const fn of touched) void redeployer.deploy(fn, stack);
      if (changed.includes(resolve(context.cwd, stack.path))) void reread();
    });
    tell(view, client, stack);
    const reread = async (): Promise<void> => {
      try {
        stack = await openStack(context, stack.path);
        await Promise.all(stack.functions.map((fn) => redeployer.deploy(fn, stack)));
      } catch (error) {
        output.failure(error);
      }
    };
    const closeKeys = keys(context, view, {
      again: () => redeployer.callAgain(stack.functions[0]),
      restart: () => void Promise.all(stack.functions.map((fn) => redeployer.deploy(fn, stack, true))),
      quit: () => end.abort(),
    });
    await new Promise<void>((done) => {
      if (stopped.aborted) done();
      stopped.addEventListener('abort', () => done(), { once: true });
    });
    closeKeys();
    await closeWatch();
    return signal.aborted ? 130 : 0;
  } finally {
    await gateway.stop();
  }
}

function tell(view: LiveView, client: Client, { functions }: Stack): void {
  const [first] = functions;
  const url = `${client.target.url}/function/${first?.name ?? ''}`;
  view.note(`Watching. ${url}`);
  if (first !== undefined) view.note(`Call it:  wherry invoke ${first.name} -d "hello"`);
}

function folderOf(fn: StackFunction, stack: Stack, { cwd }: Context): string {
  return pathIn(stack, cwd, fn.handler ?? '');
}

function foldersOf(stack: Stack, context: Context): readonly string[] {
  const own = stack.functions.filter(({ handler }) => handler !== undefined);
  return [...own.map((fn) => folderOf(fn, stack, context)), resolve(context.cwd, stack.path)];
}

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`) || path.startsWith(`${folder}\\`);
}
