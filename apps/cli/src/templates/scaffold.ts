import { existsSync } from 'node:fs';
import { appendFile, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { parseDocument } from 'yaml';
import { localError, usageError } from '../failures.ts';
import type { Template } from './template.ts';

/** What `new` was asked for. */
export interface NewFunction {
  readonly name: string;
  readonly lang: string;
  /** Of the function's folder, as the stack file shall have it. */
  readonly handler: string;
  readonly image: string;
  readonly gateway: string;
  readonly limits: Resources | undefined;
  readonly requests: Resources | undefined;
}

interface Resources {
  readonly memory?: string;
  readonly cpu?: string;
}

/** Copies a template's sample to where the function's code shall be. Nothing that is there is touched. Resolves with the files. */
export async function writeHandler(template: Template, to: string): Promise<readonly string[]> {
  if (existsSync(to) && (await readdir(to)).length > 0)
    throw localError(
      'exists',
      'There is something already',
      `${to} is not empty`,
      'Take another name, another folder with --handler, or empty it first.',
    );
  await mkdir(dirname(to), { recursive: true });
  await cp(template.sample, to, { recursive: true });
  const files = await readdir(to, { recursive: true, withFileTypes: true });
  return files
    .filter((entry) => entry.isFile())
    .map((entry) => relative(to, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/** Adds a function to a stack file, made where there is none. What stands in it stays as it is, comments too. */
export async function addToStack(path: string, fn: NewFunction): Promise<'made' | 'added'> {
  const before = existsSync(path) ? await readFile(path, 'utf8') : undefined;
  const entry = Object.fromEntries(
    Object.entries({
      lang: fn.lang,
      handler: fn.handler,
      image: fn.image,
      limits: fn.limits,
      requests: fn.requests,
    }).filter(([, value]) => value !== undefined),
  );
  if (before === undefined) {
    const document = parseDocument('');
    document.contents = document.createNode({
      version: '1.0',
      provider: { name: 'openfaas', gateway: fn.gateway },
      functions: { [fn.name]: entry },
    }) as typeof document.contents;
    await writeFile(path, document.toString({ lineWidth: 0 }), { flag: 'wx' });
    return 'made';
  }
  const document = parseDocument(before);
  if (document.errors.length > 0)
    throw usageError(
      `${path}: ${document.errors[0]?.message.split('\n')[0]}`,
      'Correct it first; nothing was changed',
    );
  if (document.hasIn(['functions', fn.name]))
    throw usageError(`${path} has a function ${fn.name} already`, 'Take another name');
  document.setIn(['functions', fn.name], document.createNode(entry));
  await writeFile(path, document.toString({ lineWidth: 0 }));
  return 'added';
}

/** The language of the last function of a stack file: the likeliest for the next one. */
export async function usualLanguage(path: string): Promise<string | undefined> {
  if (!existsSync(path)) return undefined;
  const functions: unknown = parseDocument(await readFile(path, 'utf8')).toJS()?.functions;
  const last = Object.values((functions ?? {}) as Record<string, { lang?: unknown }>).at(-1);
  return typeof last?.lang === 'string' ? last.lang : undefined;
}

/** What tools make beside the code and nobody keeps. */
const ignored = ['template', 'build', 'node_modules', '.secrets'];

export async function ignoreTraces(folder: string): Promise<void> {
  const path = join(folder, '.gitignore');
  const before = existsSync(path) ? await readFile(path, 'utf8') : '';
  const lines = new Set(before.split(/\r?\n/).map((line) => line.replace(/\/$/, '')));
  const missing = ignored.filter((name) => !lines.has(name));
  if (missing.length === 0) return;
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  await appendFile(path, `${gap}${missing.join('\n')}\n`);
}

/** A folder below the project, as stack files have it. */
export function inProject(cwd: string, folder: string): string {
  const inside = relative(cwd, resolve(cwd, folder)).split(sep).join('/');
  return inside.startsWith('..') ? resolve(cwd, folder) : `./${inside}`;
}
