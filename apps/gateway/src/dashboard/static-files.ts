import { readFile, readdir, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { pagePolicy } from './policies.ts';

/** One built file, with its compressed forms where the build made them. */
interface BuiltFile {
  readonly type: string;
  readonly plain: Buffer;
  readonly br: Buffer | undefined;
  readonly gzip: Buffer | undefined;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

/** How often it is looked whether a build has been made since. */
const lookMs = 1_000;

/**
 * The dashboard as it was built, held in memory: only what the build listed can be asked for, so no path leads anywhere else. A build
 * that is made while the gateway runs is taken up by itself.
 */
export class StaticFiles {
  readonly #folder: string;
  readonly #now: () => number;
  #files = new Map<string, BuiltFile>();
  #madeAt = 0;
  #looked = Number.NEGATIVE_INFINITY;

  /** `now`: milliseconds that only go forward. */
  constructor(folder: string, now: () => number) {
    this.#folder = folder;
    this.#now = now;
  }

  /** Answers a file, or the application's page for every other path; what is there until it has been built says so. */
  async answer(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    await this.#look();
    const page = this.#files.get('/index.html');
    if (page === undefined) return answerUnbuilt(request, response);
    const file = this.#files.get(path);
    const missing = file === undefined && path.startsWith('/assets/');
    if (missing) {
      // A page from before the last build asks for what is gone: it must not be given a page in place of a script.
      response.writeHead(404, { ...pagePolicy, 'Content-Length': 0, 'Cache-Control': 'no-store' });
      response.end();
      return;
    }
    send(file ?? page, path.startsWith('/assets/'), request, response);
  }

  async #look(): Promise<void> {
    const now = this.#now();
    if (now - this.#looked < lookMs) return;
    this.#looked = now;
    try {
      // The build writes this one last.
      const { mtimeMs } = await stat(join(this.#folder, 'built.json'));
      if (mtimeMs === this.#madeAt) return;
      this.#files = await readAll(this.#folder);
      this.#madeAt = mtimeMs;
    } catch {
      // Not built yet, or just being replaced: what was read before goes on.
    }
  }
}

async function readAll(folder: string): Promise<Map<string, BuiltFile>> {
  const names = (await readdir(folder, { recursive: true })).map((name) => name.replaceAll('\\', '/'));
  const known = new Set(names);
  const files = new Map<string, BuiltFile>();
  const bytes = (name: string): Promise<Buffer> => readFile(join(folder, name));
  for (const name of names) {
    const type = types[extname(name)];
    if (type === undefined || name === 'built.json') continue;
    const br = known.has(`${name}.br`) ? await bytes(`${name}.br`) : undefined;
    const gzip = known.has(`${name}.gz`) ? await bytes(`${name}.gz`) : undefined;
    files.set(`/${name}`, { type, plain: await bytes(name), br, gzip });
  }
  return files;
}

function send(file: BuiltFile, hashed: boolean, request: IncomingMessage, response: ServerResponse): void {
  const accepted = String(request.headers['accept-encoding'] ?? '');
  const coding = /\bbr\b/.test(accepted) && file.br ? 'br' : /\bgzip\b/.test(accepted) && file.gzip && 'gzip';
  const body = coding ? (file[coding] as Buffer) : file.plain;
  response.writeHead(200, {
    ...pagePolicy,
    'Content-Type': file.type,
    'Content-Length': body.length,
    ...(coding ? { 'Content-Encoding': coding } : {}),
    Vary: 'Accept-Encoding',
    'Cache-Control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** No script in it: it asks again by itself, by a header that a script could not forge. */
function answerUnbuilt(request: IncomingMessage, response: ServerResponse): void {
  const page = [
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Wherry</title>',
    '<h1>The dashboard is being built</h1>',
    '<p>This page loads again by itself. The gateway answers calls meanwhile.</p>',
    '<p>If it stays: <code>node scripts/dashboard.mjs</code> builds it, and says what is wrong.</p></html>',
  ].join('\n');
  response.writeHead(503, {
    ...pagePolicy,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': Buffer.byteLength(page),
    'Retry-After': '2',
    Refresh: '2',
    'Cache-Control': 'no-store',
  });
  response.end(request.method === 'HEAD' ? undefined : page);
}
