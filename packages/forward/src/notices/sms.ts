import type { Channel } from '@wherry/core/alert-channel';

/** What a provider of short messages is sent. Texts are filled before they are written as JSON or as a form, so that nothing in them becomes a field. */
export function smsBody(
  { as, body }: NonNullable<Channel['form']>,
  text: string,
): { readonly type: string; readonly body: Uint8Array } {
  const filled = fill(body, text) as Readonly<Record<string, unknown>>;
  if (as === 'json') return { type: 'application/json', body: Buffer.from(JSON.stringify(filled)) };
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(filled))
    for (const one of [value].flat()) form.append(name, String(one));
  return { type: 'application/x-www-form-urlencoded', body: Buffer.from(form.toString()) };
}

function fill(value: unknown, text: string): unknown {
  if (typeof value === 'string') return value.replace(/\{\{\s*text\s*\}\}/g, () => text);
  if (Array.isArray(value)) return value.map((one) => fill(one, text));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fill(one, text)]));
}
