import { WherryError } from '@wherry/core/errors';
import type { TokenBook } from '../access/token-book.ts';
import type { BuildBook } from '../builds/build-book.ts';
import type { FunctionTable } from '../functions/function-table.ts';
import type { SecretBook } from '../secrets/secret-book.ts';
import type { NamespaceBook } from './namespace-book.ts';

const mostNamed = 5;

/**
 * Removes a namespace that is empty: a whole team's functions must not go with one word. Tokens that were good for this namespace alone
 * end with it, or they would open the next one of that name; so do its names of images and what its builds kept. Throws `namespace_in_use`, `namespace_absent`.
 */
export async function removeNamespace(
  parts: {
    namespaces: NamespaceBook;
    functions: FunctionTable;
    secrets: SecretBook;
    tokens: TokenBook;
    builds: BuildBook;
  },
  name: string,
): Promise<void> {
  const { namespaces, functions, secrets, tokens, builds } = parts;
  namespaces.get(name);
  const left = [
    ...functions.list(name).map((fn) => `function ${fn.name}`),
    ...(await secrets.list(name)).map((secret) => `secret ${secret.name}`),
  ];
  if (left.length > 0) {
    const more = left.length > mostNamed ? ` and ${left.length - mostNamed} more` : '';
    throw new WherryError('namespace_in_use', `${name} holds ${left.slice(0, mostNamed).join(', ')}${more}`, {
      component: 'namespaces',
    });
  }
  await builds.forget(name);
  await namespaces.remove(name);
  for (const token of tokens.list())
    if (token.functions.startsWith(`${name}/`)) await tokens.revoke(token.name);
}
