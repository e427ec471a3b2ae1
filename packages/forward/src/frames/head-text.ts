import type { Headers } from '@wherry/core/ports/forwarder';

/**
 * The head of a call as the host reads it: request line, then a line a header. Throws BadHead where a text would become a line of its
 * own: HTTP's parser lets none through, but it is not the only door, and above Latin-1 there are characters that end as line breaks.
 */
export function callHead(method: string, path: string, headers: Headers): string {
  if (endsLine.test(path)) throw new BadHead('the path holds a character that cannot be sent');
  let text = `${method} ${path}\n`;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const value = headers[i + 1] as string;
    if (endsLine.test(value))
      throw new BadHead(`the value of ${headers[i]} holds a character that cannot be sent`);
    text += `${headers[i]}:${value}\n`;
  }
  return text;
}

const endsLine = /[\0\r\n\u0100-\uffff]/;

/** A header that must not be sent on. */
export class BadHead extends Error {}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
const badValue = /[\0-\x08\x0a-\x1f\x7f]/;

/**
 * Reads the head of an answer. Functions say the same few heads again and again, so that a small memory of them saves
 * most of the work; it is cleared when full rather than kept in order.
 */
export class AnswerHeads {
  readonly #known = new Map<string, Headers>();

  /** Throws BadHead with what is wrong: the host is not trusted to have checked. `upgrade`: 101 is an answer too. */
  read(text: string, status: number, upgrade = false): Headers {
    if ((status < 200 || status > 599) && !(upgrade && status === 101))
      throw new BadHead(`${status} is no status of an answer`);
    if (text === '') return empty;
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const headers = parse(text);
    if (text.length <= 512) {
      if (this.#known.size >= 256) this.#known.clear();
      this.#known.set(text, headers);
    }
    return headers;
  }
}

const empty: Headers = Object.freeze([]);

function parse(text: string): Headers {
  const headers: string[] = [];
  let at = 0;
  while (at < text.length) {
    let end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    const colon = text.indexOf(':', at);
    if (colon < 0 || colon > end) throw new BadHead('a header line without a colon');
    const name = text.slice(at, colon);
    const value = text.slice(colon + 1, end).trim();
    if (!token.test(name)) throw new BadHead(`${JSON.stringify(name.slice(0, 60))} is not a header name`);
    if (badValue.test(value)) throw new BadHead(`the value of ${name} holds a control character`);
    headers.push(name, value);
    at = end + 1;
  }
  return Object.freeze(headers);
}
