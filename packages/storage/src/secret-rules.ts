import { WherryError } from '@wherry/core/errors';
import type { SecretName } from '@wherry/core/secret';

const component = 'storage';

/** Throws where creating meets a secret, or replacing meets none. */
export function checkPresence(name: SecretName, how: 'create' | 'replace', there: boolean): void {
  if (how === 'create' && there)
    throw new WherryError('secret_exists', `${secretText(name)} is there already`, {
      component,
      name: name.name,
    });
  if (how === 'replace' && !there)
    throw new WherryError('secret_unknown', `${secretText(name)} does not exist`, {
      component,
      name: name.name,
    });
}

export function unreadable(name: SecretName, key: string): WherryError {
  return new WherryError(
    'secret_unreadable',
    `${secretText(name)} was encrypted with key ${key}, which is not here`,
    {
      component,
      name: name.name,
    },
  );
}

function secretText({ namespace, name }: SecretName): string {
  return `secret ${name} of ${namespace}`;
}
