import { WherryError } from '@wherry/core/errors';
import { defaultNamespace, type FunctionName, fullName } from '@wherry/core/names';
import type { Stack, StackFunction } from '@wherry/stack/stack-file';
import type { Client } from '@wherry/wire/client';
import { ClientError } from '@wherry/wire/client-error';
import type { FunctionDeployment } from '@wherry/wire/deployment';
import { buildPackage } from '../building/build-package.ts';
import type { Context } from '../context.ts';
import { asClientError, exitCodeOf } from '../failures.ts';
import { milliseconds } from '../output/quantities.ts';
import { deployed, type Deployed, provingMs } from './deployed.ts';
import { difference } from './difference.ts';
import { warnOfKeys } from './said-beside.ts';
import { prepare, type Prepared, wishesOf } from './prepared.ts';

/** What is done with each function of a stack, beside building it. */
export interface Steps {
  /** Gives the result the name of the function's image in the gateway's catalogue. */
  readonly push: boolean;
  /** `changed` leaves alone what runs already as it would be deployed. */
  readonly deploy: 'no' | 'always' | 'changed';
}

/** What became of one function. */
export interface Outcome extends Omit<Deployed, 'result'> {
  readonly result: 'created' | 'updated' | 'unchanged' | 'built' | 'pushed';
  readonly milliseconds: number;
}

const labels = { no: 'Building', always: 'Deploying', changed: 'Building and deploying' };

/** Goes through the functions of a stack, some at a time. One that fails keeps no other from its turn. */
export async function runStack(stack: Stack, context: Context, steps: Steps): Promise<number> {
  const { options, output } = context;
  const { client } = await context.connect({ gateway: stack.gateway });
  const atOnce = options.integer('parallel', '--parallel') ?? 4;
  const { functions } = stack;
  const progress = output.progress(`${labels[steps.deploy]} ${functions.length} of ${stack.path}`, true);
  const several = functions.length > 1;
  const done: Outcome[] = [];
  const failures: { readonly name: string; readonly error: ClientError }[] = [];
  try {
    await each(functions, Math.max(1, atOnce), async (fn) => {
      const listener = {
        step: (text: string) => progress.step(several ? `${fn.name}: ${text}` : text),
        line: (text: string) =>
          options.flag('verbose') && output.note(`  ${several ? `${fn.name}: ` : ''}${text}`),
      };
      try {
        done.push(await run(client, fn, stack, await prepare(fn, stack, context), context, steps, listener));
      } catch (error) {
        failures.push({ name: fn.name, error: asClientError(error) });
      }
    });
  } finally {
    progress.stop();
  }
  done.sort((a, b) => (fullName(a) < fullName(b) ? -1 : 1));
  await output.result(done, () => done.map((one) => sentence(one, steps)).join('\n'));
  for (const { name, error } of failures) {
    output.warn(`${name} was not ${steps.deploy === 'no' ? 'built' : 'deployed'}`);
    output.failure(error);
  }
  const [first] = failures;
  return first === undefined ? 0 : exitCodeOf(first.error);
}

async function run(
  client: Client,
  fn: StackFunction,
  stack: Stack,
  { request, packed }: Prepared,
  context: Context,
  steps: Steps,
  listener: { step(text: string): void; line(text: string): void },
): Promise<Outcome> {
  const began = performance.now();
  const name: FunctionName = { name: request.service, namespace: request.namespace ?? defaultNamespace };
  const outcome = (image: string, result: Outcome['result'], url = ''): Outcome => ({
    ...name,
    image,
    url,
    result,
    milliseconds: Math.round(performance.now() - began),
  });
  try {
    if (steps.deploy !== 'no') await checkSecrets(client, name, request.secrets ?? []);
    const named = steps.push && fn.image !== undefined ? { image: fn.image } : {};
    const built =
      packed === undefined
        ? undefined
        : await buildPackage(
            client,
            name,
            packed,
            { ...(await wishesOf(fn, stack, context)), ...named },
            listener,
          );
    const whole = { ...request, image: built?.image ?? request.image };
    if (steps.deploy === 'no') {
      const known = built === undefined || built.how === 'known';
      return outcome(built?.image ?? request.image, steps.push ? 'pushed' : known ? 'unchanged' : 'built');
    }
    if (steps.deploy === 'changed' && (await runsAlready(client, name, whole)))
      return outcome(
        whole.image,
        'unchanged',
        deployed(client, name, whole, { result: 'updated', removed: [] }).url,
      );
    warnOfKeys(context.output, whole);
    listener.step(`Starting ${name.name}`);
    const { url, result } = deployed(client, name, whole, await client.deploy(whole, provingMs));
    return outcome(whole.image, result, url);
  } finally {
    packed?.archive.discard();
  }
}

/** A missing secret is told before a build, not after it. Who may not look learns it from the deploy. */
async function checkSecrets(
  client: Client,
  { namespace }: FunctionName,
  wanted: readonly string[],
): Promise<void> {
  if (wanted.length === 0) return;
  const known = await client.listSecrets(namespace).catch(() => undefined);
  const missing = wanted.find((name) => known?.every((secret) => secret.name !== name));
  if (known !== undefined && missing !== undefined)
    throw new WherryError('secret_missing', `${missing} does not exist in ${namespace}`, {
      component: 'cli',
      name: missing,
    });
}

/** Whether a function is deployed just as it would be now, and in working order. */
async function runsAlready(client: Client, name: FunctionName, wanted: FunctionDeployment): Promise<boolean> {
  try {
    const status = await client.readFunction(name);
    if (difference(wanted, status).length > 0) return false;
    return (await client.readState(name)).status !== 'broken';
  } catch (error) {
    if (error instanceof ClientError && error.status === 404) return false;
    throw error;
  }
}

function sentence({ name, image, result, url, milliseconds: took }: Outcome, steps: Steps): string {
  if (steps.deploy !== 'no') {
    const word =
      { created: 'Deployed', updated: 'Updated' }[result as 'created' | 'updated'] ?? 'Up to date:';
    return `${word} ${name}  ${url}`;
  }
  const word = { built: 'Built', pushed: 'Kept' }[result as 'built' | 'pushed'] ?? 'Up to date:';
  return `${word} ${name}  ${image} (${milliseconds(took)})`;
}

/** Runs `work` for each, at most so many at once. */
async function each<T>(all: readonly T[], atOnce: number, work: (one: T) => Promise<void>): Promise<void> {
  const queue = [...all];
  const worker = async (): Promise<void> => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) await work(one);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, worker));
}
