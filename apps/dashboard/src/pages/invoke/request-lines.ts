import { shellWord } from '../../words.ts';
import {
  type Asked,
  bodiless,
  headersIn,
  methodOf,
  type Of,
  type Part,
  sentHeaders,
  targetOf,
} from './request.ts';

/** More than this does not fit into one word of a command. */
const longestWord = 100_000;

/**
 * The request for other tools, each so that the function sees the same bytes. What is typed is quoted, so that no shell takes it for more
 * than text. `gateway` is where functions are called from outside. Undefined where a tool can't say it.
 */
export function requestLines(
  of: Of,
  asked: Asked,
  gateway: string,
): Readonly<Record<string, string | undefined>> {
  const target = targetOf(asked) ?? '/';
  const name = of.namespace === 'openfaas-fn' ? of.name : `${of.name}.${of.namespace}`;
  const url = `${gateway}/${asked.later ? 'async-function' : 'function'}/${name}${target}`;
  return { curl: curl(asked, url), CLI: cli(of, asked, target), fetch: script(asked, url) };
}

function curl(asked: Asked, url: string): string {
  const method = methodOf(asked);
  const own = (headersIn(asked.headers) ?? []).some(([name]) => name.toLowerCase() === 'authorization');
  return [
    // Without its own reading of brackets and dots in an address.
    `curl -g --path-as-is ${method === 'HEAD' ? '--head' : `-X ${method}`}`,
    ...(own ? [] : ['-H "Authorization: Bearer $WHERRY_TOKEN"']),
    ...sentHeaders(asked).map((header) => `-H ${curlHeader(header)}`),
    ...(bodiless(asked) ? [] : curlBody(asked)),
    shellWord(url),
  ].join(' ');
}

/** Curl takes the colon for a wish to leave the header out, where nothing stands behind it. */
function curlHeader([name, value]: readonly [string, string]): string {
  const text = value === '' ? `${name};` : `${name}: ${value}`;
  if (!/[^\x20-\x7e]/.test(text)) return shellWord(text);
  // One byte for each character, as browsers send it, whatever the terminal's encoding is.
  const bytes = text.replace(
    /[\\'\t\x80-\xff]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return `$'${bytes}'`;
}

function curlBody(asked: Asked): readonly string[] {
  if (asked.kind === 'form') return asked.parts.filter(({ name }) => name !== '').map(curlPart);
  if (asked.kind === 'file') return [`--data-binary ${shellWord(`@${asked.file?.name ?? 'FILE'}`)}`];
  if (asked.body.length > longestWord) return ['--data-binary @BODY'];
  return asked.body === '' ? [] : [`--data-raw ${shellWord(asked.body)}`];
}

function curlPart({ name, value, file }: Part): string {
  if (file === undefined) return `--form-string ${shellWord(`${name}=${value}`)}`;
  const type = file.type === '' ? 'application/octet-stream' : file.type;
  return `-F ${shellWord(`${name}=@"${file.name.replaceAll(/["\\]/g, '\\$&')}";type=${type}`)}`;
}

/** The first sign of equality ends a name; without a field it would be no form. */
function isSayable(parts: readonly Part[]): boolean {
  return parts.some(({ name }) => name !== '') && !parts.some(({ name }) => name.includes('='));
}

function cliPart({ name, value, file }: Part): string {
  if (file === undefined) return `-F ${shellWord(`${name}=${value.startsWith('@') ? '@' : ''}${value}`)}`;
  const type = file.type === '' ? 'application/octet-stream' : file.type;
  const path = file.name.startsWith('@') ? `./${file.name}` : file.name;
  return `-F ${shellWord(`${name}=@${path};type=${type}`)}`;
}

function cliBody(asked: Asked): readonly string[] {
  if (asked.kind === 'form') return asked.parts.filter(({ name }) => name !== '').map(cliPart);
  if (asked.kind === 'file') return [`< ${shellWord(asked.file?.name ?? 'FILE')}`];
  return [asked.body.length > longestWord ? '< BODY' : `-d ${shellWord(asked.body)}`];
}

function cli(of: Of, asked: Asked, target: string): string | undefined {
  if (asked.kind === 'form' && !bodiless(asked) && !isSayable(asked.parts)) return undefined;
  return [
    `wherry invoke ${shellWord(of.name)} -n ${shellWord(of.namespace)} --method ${methodOf(asked)} --path ${shellWord(target)}`,
    ...sentHeaders(asked).map(([key, value]) => `-H ${shellWord(`${key}: ${value}`)}`),
    ...(asked.later ? ['--async'] : []),
    ...(bodiless(asked) ? [] : cliBody(asked)),
  ].join(' ');
}

function script(asked: Asked, url: string): string {
  const body = bodiless(asked) ? 'none' : asked.kind;
  const file = (name: string): string => `await openAsBlob(${JSON.stringify(name)})`;
  const files = body === 'file' || (body === 'form' && asked.parts.some((part) => part.file !== undefined));
  const given = JSON.stringify(sentHeaders(asked), null, 2).replaceAll('\n', '\n  ');
  const own = (headersIn(asked.headers) ?? []).some(([name]) => name.toLowerCase() === 'authorization');
  const token = 'Authorization", `Bearer ${process.env.WHERRY_TOKEN}`]';
  const headers = own ? given : `[["${token}, ...${given}]`;
  const said = {
    none: undefined,
    text: asked.body === '' ? undefined : JSON.stringify(asked.body),
    file: file(asked.file?.name ?? 'FILE'),
    form: 'form',
  }[body];
  const parts = asked.parts.filter(({ name }) => name !== '');
  return [
    ...(files ? ["import { openAsBlob } from 'node:fs';"] : []),
    ...(body === 'form' ? ['const form = new FormData();'] : []),
    ...(body === 'form'
      ? parts.map(
          ({ name, value, file: one }) =>
            `form.append(${[
              JSON.stringify(name),
              ...(one === undefined ? [JSON.stringify(value)] : [file(one.name), JSON.stringify(one.name)]),
            ].join(', ')});`,
        )
      : []),
    `const answer = await fetch(${JSON.stringify(url)}, {`,
    `  method: ${JSON.stringify(methodOf(asked))},`,
    `  headers: ${headers},`,
    ...(said === undefined ? [] : [`  body: ${said},`]),
    `  redirect: 'manual',`,
    '});',
    'console.log(answer.status, await answer.text());',
  ].join('\n');
}
