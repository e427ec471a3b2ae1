import { plainTarget, qualifierOf } from '@wherry/core/call-target';
import { checkName, defaultNamespace, parseFullName, printable, type FunctionName } from '@wherry/core/names';
import { Client } from '@wherry/wire/client';
import { resolveCredentials, type Credentials } from './config/credentials.ts';
import { homeOf, type Env } from './config/environment.ts';
import { resolveTarget } from './config/target.ts';
import { nodeTransport } from './connection/node-transport.ts';
import { usageError } from './failures.ts';
import type { Options } from './options.ts';
import type { Output } from './output/output.ts';
import { version } from './version.ts';

export interface ContextParts {
  readonly args: readonly string[];
  readonly options: Options;
  readonly output: Output;
  readonly env: Env;
  readonly cwd: string;
  readonly stdin: NodeJS.ReadStream;
  /** Fires on ctrl-C and when nobody reads the output any more. */
  readonly signal: AbortSignal;
}

/** A gateway with what is sent to it. */
export interface Connection {
  readonly client: Client;
  readonly credentials: Credentials;
}

export interface ConnectOptions {
  readonly timeoutMs?: number;
  readonly gateway?: string | undefined;
}

/** Something that a command changes. */
export interface Change<T> {
  /** What is said while it takes a while: `Removing`. */
  readonly label: string;
  work(client: Client): Promise<T>;
  /** Resolves with what would be done: `remove hello`. Throws where it could not be. */
  look(client: Client): Promise<string>;
}

/** What a command is given: its arguments and everything it may touch. */
export class Context implements ContextParts {
  readonly args: readonly string[];
  readonly options: Options;
  readonly output: Output;
  readonly env: Env;
  readonly cwd: string;
  readonly stdin: NodeJS.ReadStream;
  readonly signal: AbortSignal;

  constructor(parts: ContextParts) {
    this.args = parts.args;
    this.options = parts.options;
    this.output = parts.output;
    this.env = parts.env;
    this.cwd = parts.cwd;
    this.stdin = parts.stdin;
    this.signal = parts.signal;
  }

  get home(): string {
    return homeOf(this.env);
  }

  /** `gateway` is what the stack file says. */
  async connect({ timeoutMs = 30_000, gateway }: ConnectOptions = {}): Promise<Connection> {
    const target = resolveTarget(this.options.text('gateway'), this.env, gateway);
    const credentials = await resolveCredentials(target.url, this.options.text('token'), this.env);
    const { authorization } = credentials;
    const client = new Client({
      ...target,
      ...(authorization === undefined ? {} : { authorization }),
      transport: nodeTransport({ verifyTls: !this.options.flag('tlsNoVerify') }),
      timeoutMs,
      signal: this.signal,
      userAgent: `wherry/${version()}`,
    });
    return { client, credentials };
  }

  /** Runs `work` against the gateway, with a spinner when it takes a while. */
  async ask<T>(label: string, work: (client: Client) => Promise<T>, options?: ConnectOptions): Promise<T> {
    const { client } = await this.connect(options);
    const progress = this.output.progress(label);
    try {
      return await work(client);
    } finally {
      progress.stop();
    }
  }

  /**
   * Like `ask`, for what changes something. With --dry-run it only looks whether it could be done, by questions that change nothing, and says
   * what would be; then there is nothing more to do, and undefined.
   */
  async change<T>(change: Change<T>): Promise<{ readonly done: T } | undefined> {
    if (!this.options.flag('dryRun')) return { done: await this.ask(change.label, change.work) };
    const would = await this.ask('Looking', change.look);
    await this.output.result({ would }, () => `Would ${would}`);
    return undefined;
  }

  get namespace(): string {
    return checkName('namespace', this.options.text('namespace') ?? defaultNamespace);
  }

  /** Like `functionName`, and which of its versions where that is said: NAME@VERSION or NAME@ALIAS. */
  callTarget(): FunctionName & { readonly qualifier?: string } {
    const text = this.args[0] ?? this.options.text('name') ?? '';
    const qualifier = qualifierOf(text);
    if (qualifier === undefined) return this.functionName();
    return { ...this.#nameIn(plainTarget(text)), qualifier };
  }

  /** The function that the first argument or --name means: NAME, or NAME.NAMESPACE. */
  functionName(): FunctionName {
    const text = this.args[0] ?? this.options.text('name');
    if (text === undefined)
      throw usageError('the name of the function is missing', 'See which there are: wherry list');
    return this.#nameIn(text);
  }

  #nameIn(text: string): FunctionName {
    const namespace = this.options.text('namespace');
    if (namespace !== undefined)
      return { name: checkName('function', text), namespace: checkName('namespace', namespace) };
    const found = parseFullName(text);
    if (found === undefined) checkName('function', text);
    return found ?? unreachable(text);
  }
}

function unreachable(text: string): never {
  throw usageError(`${printable(text)} is not the name of a function`, 'See which there are: wherry list');
}
