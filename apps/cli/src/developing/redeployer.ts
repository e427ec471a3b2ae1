import { checkName, defaultNamespace, type FunctionName } from '@wherry/core/names';
import type { Stack, StackFunction } from '@wherry/stack/stack-file';
import type { Client } from '@wherry/wire/client';
import type { FunctionDeployment } from '@wherry/wire/deployment';
import { buildPackage } from '../building/build-package.ts';
import type { Context } from '../context.ts';
import { provingMs } from '../deploying/deployed.ts';
import { prepare, wishesOf } from '../deploying/prepared.ts';
import { milliseconds } from '../output/quantities.ts';
import type { LiveView } from './live-view.ts';

/** What a build does that takes longer than it gains while somebody waits for it. */
const inAHurry = { BUNDLE: 'false' };

/** Deploys functions again and again, each one's changes in turn. One that does not start leaves the last good version in its place. */
export class Redeployer {
  readonly #client: Client;
  readonly #context: Context;
  readonly #view: LiveView;
  readonly #running = new Map<string, Promise<void>>();
  readonly #again = new Set<string>();
  readonly #images = new Map<string, string>();
  readonly #ports = new Map<string, number>();

  constructor(client: Client, context: Context, view: LiveView) {
    this.#client = client;
    this.#context = context;
    this.#view = view;
  }

  nameOf(fn: StackFunction): FunctionName {
    const namespace = this.#context.options.text('namespace') ?? fn.namespace ?? defaultNamespace;
    return { name: checkName('function', fn.name), namespace };
  }

  /** Resolves when what stands on disk now is deployed, or was refused. `anyway`: also when nothing has changed. */
  deploy(fn: StackFunction, stack: Stack, anyway = false): Promise<void> {
    const running = this.#running.get(fn.name);
    if (running !== undefined) {
      // What comes while a deploy is under way is deployed after it, once.
      if (this.#again.has(fn.name)) return running;
      this.#again.add(fn.name);
      return running.then(() => {
        this.#again.delete(fn.name);
        return this.deploy(fn, stack, anyway);
      });
    }
    const work = this.#deploy(fn, stack, anyway).finally(() => this.#running.delete(fn.name));
    this.#running.set(fn.name, work);
    return work;
  }

  /** Calls a function again as it was called last from here. */
  async callAgain(fn: StackFunction | undefined): Promise<void> {
    if (fn === undefined) return;
    const answer = await this.#client.invoke(this.nameOf(fn), { body: new Uint8Array() });
    let text = '';
    for await (const chunk of answer.body) text += Buffer.from(chunk).toString();
    this.#view.note(`${answer.status} ${text.trim().slice(0, 500)}`);
  }

  /** `PORT` or `PORT,wait`; each further function of the stack gets the next port. */
  #inspected(fn: StackFunction): string | undefined {
    const { options } = this.#context;
    if (options.text('inspect') === undefined && !options.flag('inspect')) return undefined;
    const first =
      options.integer('inspectPort', '--inspect-port') ?? (fn.lang?.startsWith('py') === true ? 5678 : 9229);
    const wait = options.text('inspect') === 'wait';
    const port = this.#ports.get(fn.name) ?? first + this.#ports.size;
    if (!this.#ports.has(fn.name))
      this.#view.note(
        `Debugger of ${fn.name}:  127.0.0.1:${port}${wait ? '  (its code waits for one)' : ''}`,
      );
    this.#ports.set(fn.name, port);
    return `${port}${wait ? ',wait' : ''}`;
  }

  async #deploy(fn: StackFunction, stack: Stack, anyway: boolean): Promise<void> {
    const began = performance.now();
    const name = this.nameOf(fn);
    try {
      const { request, packed } = await prepare(fn, stack, this.#context);
      try {
        const wishes = await wishesOf(fn, stack, this.#context);
        const listener = {
          step: (text: string) => this.#view.step(`${fn.name}: ${text}`),
          line: () => undefined,
        };
        const built =
          packed === undefined
            ? undefined
            : await buildPackage(
                this.#client,
                name,
                packed,
                {
                  ...wishes,
                  args: {
                    ...inAHurry,
                    ...(this.#inspected(fn) === undefined ? {} : { DEBUG: 'true' }),
                    ...wishes.args,
                  },
                },
                listener,
              );
        const whole = {
          ...withDebugger(request, this.#inspected(fn)),
          namespace: name.namespace,
          image: built?.image ?? request.image,
        };
        const mark = JSON.stringify(whole);
        if (!anyway && this.#images.get(fn.name) === mark) return;
        const { result } = await this.#client.deploy(whole, provingMs);
        this.#images.set(fn.name, mark);
        this.#view.deployed(fn.name, result, milliseconds(performance.now() - began));
      } finally {
        packed?.archive.discard();
      }
    } catch (error) {
      if (this.#context.signal.aborted) return;
      this.#view.failed(fn.name, error, this.#images.has(fn.name));
    }
  }
}

/** One instance, that stays, and calls that may take as long as somebody thinks. */
function withDebugger(request: FunctionDeployment, how: string | undefined): FunctionDeployment {
  if (how === undefined) return request;
  return {
    ...request,
    labels: { ...request.labels, 'com.openfaas.scale.min': '1', 'com.openfaas.scale.max': '1' },
    annotations: { 'com.wherry.timeout': '24h', ...request.annotations, 'com.wherry.debug': how },
  };
}
