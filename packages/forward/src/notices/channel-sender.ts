import { isIP } from 'node:net';
import type { Channel, ChannelSecret, Letter, Mail, Notice } from '@wherry/core/alert-channel';
import { asWherryError, WherryError } from '@wherry/core/errors';
import type { CallbackSender, Received } from '@wherry/core/ports/callback-sender';
import type { NoticeSender } from '@wherry/core/ports/notice-sender';
import { printable } from '@wherry/core/names';
import { plainLine } from '@wherry/core/rules/alert-text';
import type { AllowedAddresses } from '../callbacks/allowed-addresses.ts';
import { addressesOf, type LookUp } from '../callbacks/look-up.ts';
import { alertmanagerMessage } from './alertmanager.ts';
import { alertMail, letterMail, type MailContent, sendMail } from './email.ts';
import { mostShort, shortText } from './notice-text.ts';
import { slackLetter, slackMessage } from './slack.ts';
import { smsBody } from './sms.ts';

const component = 'alerts';
const mostReceivers = 50;
/** What stands in an envelope: no blank, no angle, no control character. */
const mailbox =
  /^[^\s<>,;:"()[\]\\\u0000-\u0020\u007f-\u009f@]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;

/** Tells people and their tools: by mail, and by HTTP with the guard, the signature and the patience of callbacks. */
export class ChannelSender implements NoticeSender {
  readonly #http: CallbackSender;
  readonly #allowed: AllowedAddresses;
  readonly #lookUp: LookUp;

  /** `http` sends to nobody but those that are allowed. */
  constructor(parts: { http: CallbackSender; allowed: AllowedAddresses; lookUp?: LookUp }) {
    this.#http = parts.http;
    this.#allowed = parts.allowed;
    this.#lookUp = parts.lookUp ?? addressesOf(parts.allowed);
  }

  check({ kind, mail, form, target }: Channel, { url, authorization }: ChannelSecret): void {
    if (kind === 'function') {
      if (target === undefined) throw refused('function: it names none');
      return;
    }
    if (kind === 'email') return this.#checkMail(mail);
    if (url === undefined || !URL.canParse(url) || !/^https?:\/\//i.test(url))
      throw refused('url: it is no http or https address');
    const { username, password } = new URL(url);
    if (username !== '' || password !== '')
      throw refused('url: user and password belong into authorization, not into the address');
    if (authorization !== undefined && /[^\t\u0020-\u007e]/.test(authorization))
      throw refused('authorization: it holds what no header can');
    if (kind === 'sms' && form === undefined)
      throw refused('form: a short message needs what to send to the provider');
    try {
      this.#http.check(url);
    } catch (thrown) {
      throw refused(asWherryError(thrown, component).message);
    }
  }

  send(channel: Channel, secret: ChannelSecret, notice: Notice, signal: AbortSignal): Promise<Received> {
    const { kind, name, mail, form } = channel;
    if (kind === 'email' && mail !== undefined) return this.#mail(mail, secret, alertMail(notice), signal);
    if (kind === 'sms' && form !== undefined) {
      const { type, body } = smsBody(form, shortText(notice));
      return this.#post(secret, type, body, notice.id, signal);
    }
    const message = kind === 'slack' ? slackMessage(notice) : alertmanagerMessage(notice, name);
    return this.#post(secret, 'application/json', jsonOf(message), notice.id, signal);
  }

  write(channel: Channel, secret: ChannelSecret, letter: Letter, signal: AbortSignal): Promise<Received> {
    const { kind, mail, form } = channel;
    const { id, short, at: _, ...whole } = letter;
    if (kind === 'email' && mail !== undefined) return this.#mail(mail, secret, letterMail(letter), signal);
    if (kind === 'sms' && form !== undefined) {
      const { type, body } = smsBody(form, plainLine(short, mostShort));
      return this.#post(secret, type, body, id, signal);
    }
    const message = kind === 'slack' ? slackLetter(letter) : whole;
    return this.#post(secret, 'application/json', jsonOf(message), id, signal);
  }

  beat(channel: Channel, secret: ChannelSecret, signal: AbortSignal): Promise<Received> {
    return this.#post(secret, 'text/plain', Buffer.from('alive\n'), `beat ${channel.name}`, signal);
  }

  #mail(mail: Mail, { password }: ChannelSecret, content: MailContent, signal: AbortSignal) {
    const route = { mail, password, allowed: this.#allowed, lookUp: this.#lookUp };
    return sendMail(route, content, signal);
  }

  async #post(
    { url, authorization }: ChannelSecret,
    type: string,
    body: Uint8Array,
    id: string,
    signal: AbortSignal,
  ): Promise<Received> {
    if (url === undefined) throw refused('its address is lost: put the channel in again');
    const headers = [
      'Content-Type',
      type,
      ...(authorization === undefined ? [] : ['Authorization', authorization]),
    ];
    return this.#http.send({ url, id, headers, body }, signal);
  }

  #checkMail(mail: Mail | undefined): void {
    if (mail === undefined) throw refused('mail: no server and no addresses');
    const { host, port, from, to, security, user } = mail;
    if (security === 'none' && user !== undefined)
      throw refused('security: user and password are sent with TLS only');
    if (!/^[A-Za-z0-9.:-]{1,253}$/.test(host)) throw refused(`host: ${printable(host)} is no host`);
    if (!(Number.isInteger(port) && port > 0 && port < 65_536)) throw refused('port: outside 1 to 65535');
    if (to.length === 0 || to.length > mostReceivers)
      throw refused(`to: none, or more than ${mostReceivers}`);
    for (const address of [from, ...to])
      if (!mailbox.test(address))
        throw refused(`${printable(address)} is no mail address such as ops@example.com`);
    if (isIP(host) === 0 && !/(?:^|\.)localhost\.?$/i.test(host)) return;
    try {
      this.#allowed.of(host, [isIP(host) === 0 ? '127.0.0.1' : host]);
    } catch (thrown) {
      throw refused(asWherryError(thrown, component).message);
    }
  }
}

function jsonOf(message: object): Uint8Array {
  return Buffer.from(JSON.stringify(message));
}

function refused(why: string): WherryError {
  return new WherryError('alert_channel_refused', why, { component });
}
