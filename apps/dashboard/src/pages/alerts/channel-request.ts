import type { ChannelRequest } from '@wherry/wire/alert-channels';
import type { Kind } from './channel-kinds.ts';
import { fieldText } from './field-text.ts';
import { matchersIn } from './matchers.ts';

/** What a form says of a channel. Throws where the template of a short message is no JSON. */
export function channelIn(kind: Kind, form: FormData): ChannelRequest {
  const said = <K extends string>(field: string, key: K): { readonly [P in K]?: string } => {
    const value = fieldText(form, field);
    return (value === '' ? {} : { [key]: value }) as { readonly [P in K]?: string };
  };
  const port = fieldText(form, 'port');
  const to = fieldText(form, 'to')
    .split(/[\s,]+/)
    .filter((one) => one !== '');
  return {
    ...{ kind, matchers: matchersIn(fieldText(form, 'matchers')) },
    resolved: kind === 'heartbeat' || form.get('resolved') !== null,
    ...{ ...said('url', 'url'), ...said('password', 'password') },
    ...{ ...said('authorization', 'authorization'), ...said('function', 'function') },
    ...(kind !== 'email'
      ? {}
      : {
          mail: {
            ...{ ...said('host', 'host'), ...said('mailFrom', 'from'), ...said('user', 'user'), to },
            security: fieldText(form, 'security') as 'tls',
            ...(port === '' ? {} : { port: Number(port) }),
          },
        }),
    ...(kind === 'sms'
      ? { form: { as: fieldText(form, 'as') as 'form', body: templateIn(fieldText(form, 'body')) } }
      : {}),
  };
}

function templateIn(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw new Error(`What is sent is no JSON: ${(error as Error).message}`, { cause: error });
  }
}
