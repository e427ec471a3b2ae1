import { WherryError } from '../errors.ts';
import { isSecretName, printable } from '../names.ts';
import type { WebhookRule, WebhookScheme } from '../webhook.ts';

const schemeKey = 'com.wherry.webhook';
const secretKey = 'com.wherry.webhook.secret';

/** Reads the annotations of a function; neither of the two means anything alone. Throws `bad_value`. */
export function webhookOf(note: (key: string) => string | undefined): WebhookRule | undefined {
  const [scheme, secret] = [note(schemeKey), note(secretKey)];
  if (scheme === undefined && secret === undefined) return undefined;
  if (scheme === undefined) throw refusal(schemeKey, `is missing beside ${secretKey}`);
  if (secret === undefined)
    throw refusal(secretKey, `is missing: the name of the secret that requests are signed with`);
  if (!isSecretName(secret)) throw refusal(secretKey, `${printable(secret)} cannot name a secret`);
  return { scheme: schemeOf(scheme.trim()), secret };
}

function schemeOf(text: string): WebhookScheme {
  switch (text) {
    case 'github':
    case 'stripe':
    case 'slack':
    case 'standard':
      return { kind: text };
  }
  const header = /^hmac-sha256:([A-Za-z0-9-]{1,100})$/.exec(text)?.[1];
  if (header !== undefined) return { kind: 'hmac-sha256', header: header.toLowerCase() };
  throw refusal(
    schemeKey,
    `${printable(text)} is none of github, stripe, slack, standard, hmac-sha256:HEADER`,
  );
}

function refusal(key: string, rule: string): WherryError {
  return new WherryError('bad_value', `${key}: ${rule}`, { component: 'rules' });
}
