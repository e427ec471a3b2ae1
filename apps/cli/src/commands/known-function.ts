import { type FunctionName, parseFullName } from '@wherry/core/names';
import type { Client } from '@wherry/wire/client';
import { ClientError } from '@wherry/wire/client-error';
import type { Options } from '../options.ts';
import { suggesting } from './suggesting.ts';

/**
 * Throws as for any function that is not there where nothing knows this one: it is not deployed, and neither a call nor an instance nor a line
 * of it is kept. What is kept of a function that was removed stays readable. For where nothing was found, which a misspelt name looks like.
 */
export async function checkKnown(client: Client, name: FunctionName): Promise<void> {
  try {
    await client.readFunction(name);
  } catch (error) {
    if (!isUnknown(error)) return; // who may not ask that may read records all the same
    const { name: of, namespace } = name;
    const kept = await Promise.all([
      client.listCalls({ function: of, namespace, limit: 1 }).catch(() => [undefined]),
      client.listEndedInstances({ function: of, namespace, limit: 1 }).catch(() => [undefined]),
      hasLines(client, name),
    ]);
    const isKept = kept.some((found) => (typeof found === 'boolean' ? found : found.length > 0));
    if (!isKept) await suggesting(client, name, () => Promise.reject(error));
  }
}

/** The function that --function means; none where it is not given, or where the gateway will say what is wrong with it. */
export function functionOption(options: Options): FunctionName | undefined {
  const [text, namespace] = [options.text('function'), options.text('namespace')];
  if (text === undefined) return undefined;
  return namespace === undefined ? parseFullName(text) : { name: text, namespace };
}

async function hasLines(client: Client, name: FunctionName): Promise<boolean> {
  try {
    for await (const _ of client.readLogs({ ...name, tail: 1 })) return true;
    return false;
  } catch (error) {
    return !isUnknown(error);
  }
}

function isUnknown(error: unknown): boolean {
  return error instanceof ClientError && error.status === 404;
}
