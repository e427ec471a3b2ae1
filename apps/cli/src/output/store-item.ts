import type { StoreItem } from '@wherry/wire/store';
import { escapeLine } from './escape.ts';
import { bytes } from './quantities.ts';

/** A function of the store, for people. */
export function described(item: StoreItem): string {
  const { name, title, description, author, permissions, example, digest, repo_url: repository } = item;
  const lines: (readonly [string, string | undefined])[] = [
    ['Name', name],
    ['Title', title === name ? undefined : title],
    ['Description', description],
    ['Author', author],
    ['Source', repository],
    [
      'Code',
      digest === undefined
        ? 'an image, which needs an engine'
        : `${bytes(item.bytes ?? 0)}, sha256:${digest}`,
    ],
    ['Asks for', asks(item)],
    ['Secrets', permissions.secrets.length === 0 ? undefined : permissions.secrets.join(', ')],
    ['Example', example === undefined ? undefined : exampleLine(item)],
    ['Answers', example?.answers],
  ];
  const shown = lines.filter(
    (line): line is readonly [string, string] => line[1] !== undefined && line[1] !== '',
  );
  return shown.map(([head, text]) => `${`${head}:`.padEnd(13)}${escapeLine(text)}`).join('\n');
}

/** What it is given beyond running, in words. */
export function asks({ permissions: { network, secrets } }: StoreItem): string {
  const words = {
    none: 'no network',
    internet: 'the internet: public addresses only',
    host: 'the machine’s own network',
  }[network];
  return [words ?? `the network: ${network}`, ...secrets.map((name) => `the secret ${name}`)].join('; ');
}

function exampleLine({ name, example }: StoreItem): string {
  const body = example?.body === undefined ? '' : ` -d '${example.body.replaceAll("'", "'\\''")}'`;
  const method = example?.method === undefined ? '' : ` -m ${example.method}`;
  const path = example?.path === undefined ? '' : ` --path ${example.path}`;
  return `wherry invoke ${name}${method}${path}${body}`;
}
