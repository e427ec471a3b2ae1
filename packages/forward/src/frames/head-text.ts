import type { Headers } from '@wherry/core/ports/forwarder';

/** The head of a call as the host reads it: request line, then a line a header. */
export function callHead(method: string, path: string, headers: Headers): string {
  let text = `${method} ${path}\n`;
  for (let i = 0; i + 1 < headers.length; i += 2) text += `${headers[i]}:${headers[i + 1]}\n`;
  return text;
}

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

  /** Throws BadHead with what is wrong: the host is not trusted to have checked. */
  read(text: string): Headers {
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
