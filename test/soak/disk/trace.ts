// What a program does to the files of a folder, as the kernel sees it: each write and each flush, in order.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** One step on the way to the disk. Paths are below the folder; the folder itself is the empty path. */
export type Operation =
  | { readonly kind: 'create'; readonly path: string }
  | { readonly kind: 'write'; readonly path: string; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly path: string; readonly size: number }
  | { readonly kind: 'flush'; readonly path: string }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string }
  /** What the program says about itself, between its steps. */
  | { readonly kind: 'mark'; readonly text: string };

/** Undefined where programs can be traced. */
export function lackingTracer(): string | undefined {
  return process.platform === 'linux' && spawnSync('strace', ['-V']).status === 0
    ? undefined
    : 'needs strace';
}

const understood =
  'openat,write,pwrite64,fsync,fdatasync,ftruncate,unlink,unlinkat,rename,renameat,renameat2';
/** Other ways to change a file. Seen on one of ours, the record would have a hole. */
const refused =
  'open,creat,writev,pwritev,pwritev2,fallocate,copy_file_range,sendfile,splice,truncate,link,linkat,sync_file_range,io_uring_enter';

export interface Traced {
  readonly folder: string;
  readonly command: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Lines that it writes to this file are marks. It need not exist. */
  readonly marks: string;
  readonly log: string;
}

/** Runs a program to its end and resolves with what it did. `before`: what the folder already went through. */
export async function traced(
  { folder, command, env, marks, log }: Traced,
  before: readonly Operation[],
): Promise<Operation[]> {
  const flags = ['-f', '-qq', '--seccomp-bpf', '-y', '-xx', '-s', '4000000', '-o', log];
  const calls = `trace=${understood},${refused
    .split(',')
    .map((name) => `?${name}`)
    .join(',')}`;
  const child = spawn('strace', [...flags, '-e', calls, ...command], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (bytes) => (said += bytes));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  // strace ends as the program did; programs that kill themselves are part of the plan.
  if (code !== 0 && signal !== 'SIGKILL')
    throw new Error(`${command.join(' ')} ended with ${code ?? signal}:\n${said}`);
  const reader = new TraceReader(folder, marks, before);
  for await (const line of createInterface({ input: createReadStream(log, 'latin1') })) reader.line(line);
  return reader.operations;
}

interface Descriptor {
  position: number;
  append: boolean;
}

/** Reads strace's lines. Exported for its test. */
export class TraceReader {
  readonly operations: Operation[] = [];
  readonly #folder: string;
  readonly #marks: string;
  /** How large the files are that there are. */
  readonly #sizes = new Map<string, number>();
  readonly #unfinished = new Map<string, string>();
  readonly #descriptors = new Map<string, Descriptor>();

  constructor(folder: string, marks: string, before: readonly Operation[] = []) {
    this.#folder = folder;
    this.#marks = marks;
    for (const operation of before) this.#follow(operation);
  }

  line(line: string): void {
    const [, pid = '', rest = ''] = /^(\d+) +(.*)$/s.exec(line) ?? [];
    if (rest.endsWith(' <unfinished ...>')) {
      const begun = rest.slice(0, -' <unfinished ...>'.length);
      // What a program says counts from when it begins to say it.
      if (begun.startsWith('write(')) this.#mark(begun);
      this.#unfinished.set(pid, begun);
      return;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/s.exec(rest)?.[1];
    const whole = resumed === undefined ? rest : `${this.#unfinished.get(pid) ?? ''}${resumed}`;
    const [, name = '', args = '', result = ''] = /^(\w+)\((.*)\) += (-?\d+)/s.exec(whole) ?? [];
    if (name === '' || result.startsWith('-')) return;
    if (name === 'write' && resumed === undefined && this.#mark(whole)) return;
    this.#call(name, args, Number(result));
  }

  #call(name: string, args: string, result: number): void {
    if (name === 'openat') return this.#opened(args, result);
    const strings = [...args.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map((match) => unhex(match[1] as string));
    if (name.startsWith('unlink') || name.startsWith('rename')) {
      const [path, to] = strings.map((text) => this.#below(text.toString()));
      if (path === undefined) return;
      if (name.startsWith('unlink')) this.#add({ kind: 'remove', path });
      else if (to === undefined) throw new Error(`${path} was moved out of the folder`);
      else this.#add({ kind: 'rename', path, to });
      return;
    }
    const [, descriptor = '', file = ''] = /^(\d+)<((?:\\x[0-9a-f]{2})*)>/.exec(args) ?? [];
    const path = this.#below(unhex(file).toString());
    if (path === undefined) return;
    const number = (text: string | undefined) => Number(text?.trim());
    if (name === 'fsync' || name === 'fdatasync') this.#add({ kind: 'flush', path });
    else if (name === 'ftruncate')
      this.#add({ kind: 'truncate', path, size: number(args.split(',').at(-1)) });
    else if (name === 'pwrite64' || name === 'write') {
      const bytes = (strings[0] ?? Buffer.alloc(0)).subarray(0, result);
      if (bytes.length !== result) throw new Error(`strace left out bytes of a write to ${path}`);
      const at = name === 'write' ? this.#advance(descriptor, path, result) : number(args.split(',').at(-1));
      this.#add({ kind: 'write', path, at, bytes });
    } else throw new Error(`${name} changes ${path}, and this reader does not understand it`);
  }

  #opened(args: string, descriptor: number): void {
    const [, text = '', flags = ''] = /"((?:\\x[0-9a-f]{2})*)", ([A-Z_|]+)/.exec(args) ?? [];
    const path = this.#below(unhex(text).toString());
    if (path === undefined || path === '') return;
    this.#descriptors.set(`${descriptor} ${path}`, { position: 0, append: flags.includes('O_APPEND') });
    if (flags.includes('O_CREAT') && !this.#sizes.has(path)) this.#add({ kind: 'create', path });
    else if (flags.includes('O_TRUNC')) this.#add({ kind: 'truncate', path, size: 0 });
  }

  #advance(number: string, path: string, by: number): number {
    const descriptor = this.#descriptors.get(`${number} ${path}`);
    if (descriptor === undefined)
      throw new Error(`${path} was written by a descriptor that nobody saw opened`);
    const at = descriptor.append ? (this.#sizes.get(path) ?? 0) : descriptor.position;
    descriptor.position = at + by;
    return at;
  }

  #mark(call: string): boolean {
    const [, file = '', text = ''] =
      /^write\(\d+<((?:\\x[0-9a-f]{2})*)>, "((?:\\x[0-9a-f]{2})*)"/.exec(call) ?? [];
    if (unhex(file).toString() !== this.#marks) return false;
    this.operations.push({ kind: 'mark', text: unhex(text).toString().trim() });
    return true;
  }

  /** Undefined for what holds nothing: other folders, the index of the log, which is memory and built anew at each start, and the reserve. */
  #below(path: string): string | undefined {
    if (path === this.#folder) return '';
    if (!path.startsWith(`${this.#folder}/`) || /-shm$|\.reserve$/.test(path)) return undefined;
    return path.slice(this.#folder.length + 1).replace(/ \(deleted\)$/, '');
  }

  #add(operation: Operation): void {
    this.operations.push(operation);
    this.#follow(operation);
  }

  #follow(operation: Operation): void {
    const sizes = this.#sizes;
    if (operation.kind === 'create') sizes.set(operation.path, 0);
    else if (operation.kind === 'remove') sizes.delete(operation.path);
    else if (operation.kind === 'truncate') sizes.set(operation.path, operation.size);
    else if (operation.kind === 'write')
      sizes.set(
        operation.path,
        Math.max(sizes.get(operation.path) ?? 0, operation.at + operation.bytes.length),
      );
    else if (operation.kind === 'rename') {
      sizes.set(operation.to, sizes.get(operation.path) ?? 0);
      sizes.delete(operation.path);
    }
  }
}

function unhex(text: string): Buffer {
  return Buffer.from(text.replaceAll('\\x', ''), 'hex');
}
