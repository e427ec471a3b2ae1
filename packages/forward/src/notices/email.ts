import { isIP } from 'node:net';
import { WherryError } from '@wherry/core/errors';
import type { Letter, Mail, Notice } from '@wherry/core/alert-channel';
import { plainLine } from '@wherry/core/rules/alert-text';
import type { Received } from '@wherry/core/ports/callback-sender';
import type { AllowedAddresses } from '../callbacks/allowed-addresses.ts';
import type { LookUp } from '../callbacks/look-up.ts';
import { alertLines, headline, plainText } from './notice-text.ts';

/** For each step; the sockets of an attempt that nobody waits for any more end by it, too. */
const timeMs = 10_000;

/** What is sent in the name of a mail channel. */
export interface MailRoute {
  readonly mail: Mail;
  readonly password: string | undefined;
  readonly allowed: AllowedAddresses;
  readonly lookUp: LookUp;
}

/** What a mail says. */
export interface MailContent {
  /** The same when it is sent again, so that mail programs show it once. */
  readonly id: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly at: number;
}

export function alertMail(notice: Notice): MailContent {
  const { id, at } = notice;
  return { id, at, subject: headline(notice), text: plainText(notice), html: htmlText(notice) };
}

export function letterMail({ id, at, subject, text, html }: Letter): MailContent {
  // In a message id stand few signs, and no channel's address.
  const name = id.replace(/[^A-Za-z0-9.-]+/g, '.').slice(0, 200);
  return { id: name, at, subject: plainLine(subject, 200), text, html };
}

/** One attempt at a mail. Rejects with `callback_refused`, and with `alert_channel_refused` where the server says that it never will take it. What it resolves with says nothing of user and password. */
export async function sendMail(
  { mail, password, allowed, lookUp }: MailRoute,
  { id, at, ...content }: MailContent,
  signal: AbortSignal,
): Promise<Received> {
  const { host, port, security, user, from, to } = mail;
  let addresses: readonly string[];
  try {
    addresses = isIP(host) === 0 ? await lookUp(host) : [host];
  } catch (error) {
    return { status: 0, cause: `${host} could not be found: ${(error as NodeJS.ErrnoException).code}` };
  }
  const [address] = allowed.of(host, addresses);
  // Only who sends mail loads it.
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    ...{ host: address as string, port, secure: security === 'tls' },
    ...{ requireTLS: security === 'starttls', ignoreTLS: security === 'none' },
    // What was checked is what is connected to; the certificate has to be that of the name.
    tls: { ...(isIP(host) === 0 ? { servername: host } : {}), minVersion: 'TLSv1.2' },
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    ...{ connectionTimeout: timeMs, greetingTimeout: timeMs, socketTimeout: timeMs },
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
  const late = new Promise<Received>((resolve) => {
    const give = (): void => resolve({ status: 0, cause: 'no answer in time' });
    signal.addEventListener('abort', give, { once: true });
  });
  const sent = transport
    .sendMail({
      from,
      to: [...to],
      ...content,
      messageId: `<${id}@wherry.invalid>`,
      date: new Date(at),
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    })
    .then(
      ({ response }): Received => ({
        status: 250,
        cause: `it answered ${/^\d{3}/.exec(response)?.[0] ?? '250'}`,
      }),
      (thrown: MailError) => failure(thrown),
    );
  return Promise.race([sent, late]);
}

interface MailError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
}

const ofTheConnection = new Set(['ESOCKET', 'ECONNECTION', 'ETIMEDOUT', 'EDNS']);

/** 4xx passes, 5xx to an address or a message does not; whoever reads the cause may not know the password, and servers repeat what they were told. */
function failure({ code = 'unknown', responseCode, message }: MailError): Received {
  const answered = responseCode === undefined ? 'no answer' : `it answered ${responseCode}`;
  if (code === 'EAUTH') return { status: 0, cause: `user or password were refused: ${answered}` };
  if (code === 'ETLS') return { status: 0, cause: `no TLS: ${answered}` };
  if (ofTheConnection.has(code)) return { status: 0, cause: `no connection: ${message.slice(0, 200)}` };
  if (responseCode === undefined) return { status: 0, cause: `no answer: ${code}` };
  if (responseCode >= 500)
    // It says that it never will.
    throw new WherryError('alert_channel_refused', answered, { component: 'alerts' });
  return { status: responseCode, cause: answered };
}

function htmlText(notice: Notice): string {
  const blocks = notice.alerts.map((alert) => `<p>${alertLines(alert).map(escaped).join('<br>')}</p>`);
  const more = notice.more > 0 ? `<p>and ${notice.more} more: wherry alerts</p>` : '';
  return `<!doctype html><html><body style="font-family:sans-serif"><h2>${escaped(headline(notice))}</h2>${blocks.join('')}${more}<p style="color:#666">From ${escaped(notice.source)}</p></body></html>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
