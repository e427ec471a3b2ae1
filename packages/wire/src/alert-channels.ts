import {
  type Channel,
  type ChannelKind,
  channelKinds,
  type ChannelSecret,
  type Mail,
} from '@wherry/core/alert-channel';
import { fullName, parseFullName, printable } from '@wherry/core/names';
import { matcherText, parseMatcher } from './alert-matchers.ts';
import { Fields, refuseValue } from './fields.ts';
import { rfc3339 } from './times.ts';

/** Who is told, as the API takes it. Passwords and addresses that hold a key go in and never come out. */
export interface ChannelRequest {
  readonly kind: ChannelKind;
  /** Takes only alerts that all of these take, such as `severity=~"major|critical"`. */
  readonly matchers?: readonly string[];
  /** Whether it is also told when something is over; yes unless it says no. */
  readonly resolved?: boolean;
  readonly mail?: Partial<Mail>;
  readonly password?: string;
  readonly url?: string;
  /** The header Authorization. */
  readonly authorization?: string;
  readonly form?: { readonly as?: 'form' | 'json'; readonly body: Readonly<Record<string, unknown>> };
  /** NAME or NAME.NAMESPACE. */
  readonly function?: string;
}

export interface ChannelInfo extends Omit<ChannelRequest, 'password' | 'url' | 'authorization'> {
  readonly name: string;
  /** Scheme, host and port of where it sends to. */
  readonly origin?: string;
  /** False where what is secret about it cannot be read, because its key is lost: put it in again. */
  readonly readable: boolean;
  /** How messages to it fare; not where it was just put. */
  readonly delivery?: ChannelDelivery;
}

/** How messages to a channel fare. */
export interface ChannelDelivery {
  /** Messages that wait for it or are tried. */
  readonly waiting: number;
  /** Messages that were given up. */
  readonly dead: number;
  /** The last attempt that is known of. `queued`: it failed, and is made again. */
  readonly last?: {
    readonly at: string;
    readonly state: 'queued' | 'sent' | 'failed' | 'unknown';
    readonly attempts?: number;
    readonly says?: string;
  };
}

/** Messages that went with a channel that was removed: those that waited for it, and those that it had not taken. */
export interface ChannelRemoved {
  readonly waiting: number;
  readonly dead: number;
}

/** What testing a channel answers: its message is queued, under this id; a heartbeat beats at once. */
export type ChannelTest = { readonly delivery: string } | { readonly beat: BeatInfo };

export interface BeatInfo {
  /** It was answered with 200 to 299. */
  readonly heard: boolean;
  /** 0 where nothing came back. */
  readonly status: number;
  /** One sentence for people. */
  readonly cause: string;
}

const usualPorts = { tls: 465, starttls: 587, none: 25 } as const;
const mostFormBytes = 8_192;

export function encodeChannel(
  { name, kind, matchers, resolved, mail, origin, form, target }: Channel,
  readable: boolean,
  news?: News,
): ChannelInfo {
  return {
    ...{ name, kind, matchers: matchers.map(matcherText), resolved, readable },
    ...(mail === undefined ? {} : { mail }),
    ...(origin === undefined ? {} : { origin }),
    ...(form === undefined ? {} : { form }),
    ...(target === undefined ? {} : { function: fullName(target) }),
    ...(news === undefined ? {} : { delivery: encodeNews(news) }),
  };
}

interface News extends Omit<ChannelDelivery, 'last'> {
  readonly last?: Omit<NonNullable<ChannelDelivery['last']>, 'at'> & { readonly at: number };
}

function encodeNews({ waiting, dead, last }: News): ChannelDelivery {
  return { waiting, dead, ...(last === undefined ? {} : { last: { ...last, at: rfc3339(last.at) } }) };
}

const channelKeys = ['kind', 'matchers', 'resolved', 'mail', 'password', 'url', 'authorization', 'form'];
const mailKeys = ['host', 'port', 'security', 'user', 'from', 'to'];
/** What is told of a channel beside what it is. */
const toldKeys = ['name', 'origin', 'readable', 'delivery'];

/** Whether a channel has no key that means nothing; `where` stands before what is said, `others` are keys of the asker. Throws `bad_value`, `bad_json`. */
export function checkChannelKeys(body: unknown, where = '', others: readonly string[] = []): void {
  const fields = new Fields(body, where);
  fields.only([...channelKeys, 'function', ...others], toldKeys);
  fields.object('mail')?.only(mailKeys);
  fields.object('form')?.only(['as', 'body']);
}

/** Throws `bad_value`, `bad_json`. */
export function decodeChannel(
  name: string,
  body: unknown,
): { readonly channel: Channel; readonly secret: ChannelSecret } {
  const fields = new Fields(body);
  checkChannelKeys(body);
  const asked = fields.text('kind');
  const kind =
    channelKinds.find((one) => one === asked) ??
    refuseValue('kind', `${printable(asked)} is none of ${channelKinds.join(', ')}`);
  const [url, password, authorization] = [
    fields.text('url'),
    fields.text('password'),
    fields.text('authorization'),
  ];
  const mail = fields.object('mail');
  const form = fields.object('form');
  const of = fields.text('function');
  const target = of === undefined ? undefined : parseFullName(of);
  if (of !== undefined && target === undefined)
    return refuseValue('function', `${printable(of)} is no function's name`);
  const takesUrl = kind !== 'email' && kind !== 'function' && url !== undefined && URL.canParse(url);
  return {
    channel: {
      ...{ name, kind, resolved: fields.flag('resolved') ?? true },
      matchers: (fields.list('matchers') ?? []).map((text, i) => parseMatcher(`matchers[${i}]`, text)),
      ...(takesUrl ? { origin: new URL(url).origin } : {}),
      ...(kind === 'email' && mail !== undefined ? { mail: decodeMail(mail) } : {}),
      ...(kind === 'sms' && form !== undefined ? { form: decodeForm(form, body) } : {}),
      ...(kind === 'function' && target !== undefined ? { target } : {}),
    },
    secret: {
      ...(takesUrl ? { url } : {}),
      ...(password === undefined ? {} : { password }),
      ...(authorization === undefined ? {} : { authorization }),
    },
  };
}

function decodeMail(fields: Fields): Mail {
  const asked = fields.text('security') ?? 'starttls';
  const security =
    (['tls', 'starttls', 'none'] as const).find((one) => one === asked) ??
    refuseValue('mail.security', `${printable(asked)} is none of tls, starttls, none`);
  const user = fields.text('user');
  return {
    host: fields.text('host') ?? refuseValue('mail.host', 'missing'),
    port: fields.wholeNumber('port', 1, 65_535) ?? usualPorts[security],
    security,
    ...(user === undefined ? {} : { user }),
    from: fields.text('from') ?? refuseValue('mail.from', 'missing'),
    to: fields.list('to') ?? refuseValue('mail.to', 'missing'),
  };
}

function decodeForm(fields: Fields, body: unknown): NonNullable<Channel['form']> {
  const asked = fields.text('as') ?? 'form';
  if (asked !== 'form' && asked !== 'json')
    return refuseValue('form.as', `${printable(asked)} is neither form nor json`);
  if (fields.object('body') === undefined) return refuseValue('form.body', 'missing');
  const template = (body as { form: { body: Readonly<Record<string, unknown>> } }).form.body;
  if (JSON.stringify(template).length > mostFormBytes)
    return refuseValue('form.body', `longer than ${mostFormBytes} bytes`);
  if (asked === 'form' && Object.values(template).some((value) => typeof value === 'object'))
    return refuseValue('form.body', 'a form has texts and numbers only');
  return { as: asked, body: template };
}
