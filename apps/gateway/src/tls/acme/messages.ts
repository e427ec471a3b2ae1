import type { KeyObject } from 'node:crypto';
import https from 'node:https';
import { signed } from './jose.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** RFC 7807. */
export interface Problem {
  readonly type?: string;
  readonly detail?: string;
}

const requestMs = 30_000;
const mostBytes = 2 ** 20;
const mostNonces = 10;

/** Signed messages to an authority and its answers (RFC 8555 section 6). */
export class Messages {
  readonly #key: KeyObject;
  readonly #ca: Buffer | undefined;
  readonly #numbers: () => Promise<string>;
  #nonce: string | undefined;

  /** `numbers` says where a number for the next message is to be had. */
  constructor(key: KeyObject, ca: Buffer | undefined, numbers: () => Promise<string>) {
    this.#key = key;
    this.#ca = ca;
    this.#numbers = numbers;
  }

  /** Each message takes a number that the authority gave for it. One that is refused for its age is sent again with a new one. */
  async send(url: string, who: Readonly<Record<string, unknown>>, payload: unknown): Promise<Answer> {
    for (let tries = 1; ; tries++) {
      this.#nonce ??= nonceOf(await this.request('HEAD', await this.#numbers()));
      const nonce = this.#nonce;
      this.#nonce = undefined;
      const answer = await this.request('POST', url, signed(this.#key, { ...who, nonce, url }, payload));
      this.#nonce = nonceOf(answer);
      if (answer.status < 400) return answer;
      const { type = '', detail = answer.text.slice(0, 200) } = problemIn(answer);
      if (!type.endsWith(':badNonce') || tries === mostNonces)
        throw new Error(`the authority answered ${answer.status}: ${detail}`);
    }
  }

  request(method: string, url: string, body?: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers = {
        'User-Agent': 'wherry',
        ...(body === undefined ? {} : { 'Content-Type': 'application/jose+json' }),
      };
      const ca = this.#ca;
      const options = { method, headers, timeout: requestMs, ...(ca === undefined ? {} : { ca }) };
      const request = https.request(url, options, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
          if (text.length > mostBytes) request.destroy(new Error('the authority answers without an end'));
        });
        response.once('error', reject);
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      });
      request.once('timeout', () => request.destroy(new Error(`${url} does not answer`)));
      request.once('error', reject);
      request.end(body);
    });
  }
}

function nonceOf({ headers }: Answer): string | undefined {
  const nonce = headers['replay-nonce'];
  return nonce === undefined ? undefined : String(nonce);
}

function problemIn({ text }: Answer): Problem {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return {};
  }
}
