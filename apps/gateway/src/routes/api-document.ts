import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerResponse } from 'node:http';
import type { Handler } from '../http/router.ts';

const file = join(import.meta.dirname, '../../../../schemas/openapi.json');

interface Operation {
  readonly summary: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
  readonly responses: Readonly<Record<string, { readonly description?: string }>>;
}

interface Document {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** Read when somebody first asks: nothing of the gateway needs it. */
export function openapi(): Handler {
  let text: string | undefined;
  return ({ response }) => send(response, 'application/json', (text ??= readFileSync(file, 'utf8')));
}

/** The document for people: no script, nothing from elsewhere. */
export function apiPage(): Handler {
  let text: string | undefined;
  return ({ response }) => {
    text ??= page(JSON.parse(readFileSync(file, 'utf8')) as Document);
    response.setHeader(
      'Content-Security-Policy',
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    );
    send(response, 'text/html; charset=utf-8', text);
  };
}

function send(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(body);
}

function page({ info, paths }: Document): string {
  const sections = Object.entries(paths).map(([path, operations]) => {
    const entries = Object.entries(operations);
    const [, first] = entries[0] as [string, Operation];
    // A function is called by any method: once is enough to say so.
    const shown = entries.length > 3 ? [['any', first] as const] : entries;
    return shown.map(([method, operation]) => entry(method, path, operation)).join('\n');
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(info.title)} API</title><style>${style}</style></head><body><main>
<h1>${escaped(info.title)} API</h1><p>${escaped(info.description)} Version ${escaped(info.version)}.
<a href="/openapi.json">OpenAPI document</a></p>
${sections.join('\n')}
</main></body></html>
`;
}

function entry(
  method: string,
  path: string,
  { summary, security, requestBody, responses }: Operation,
): string {
  const scope = security[0]?.['token']?.[0];
  const needs = scope === undefined ? 'open to everybody' : `needs ${scope}`;
  const schema = requestBody?.content['application/json']?.schema;
  const body =
    schema === undefined
      ? ''
      : `<details><summary>Body</summary><pre>${escaped(JSON.stringify(schema, null, 2))}</pre></details>`;
  const [status] = Object.entries(responses)[0] ?? [];
  return `<section><h2><b>${escaped(method.toUpperCase())}</b> <code>${escaped(path)}</code></h2>
<p>${escaped(summary)} <small>${needs}; answers ${escaped(status ?? '')}</small></p>${body}</section>`;
}

const style = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:0}main{max-width:52rem;margin:auto;padding:1.5rem}
h1{font-size:1.6rem}h2{font-size:1rem;margin:1.2rem 0 .2rem}b{display:inline-block;min-width:4.5rem;font-size:.8rem;letter-spacing:.05em}
p{margin:.1rem 0}small{opacity:.7;margin-left:.5rem}pre{overflow:auto;padding:.8rem;border:1px solid #8885;border-radius:6px;font-size:.8rem}
section{border-top:1px solid #8883}summary{cursor:pointer;font-size:.85rem}`;

function escaped(text: string): string {
  return text.replace(
    /[&<>"]/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign,
  );
}
