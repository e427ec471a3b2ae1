import http from 'node:http';
import https from 'node:https';
import { type SpanExporter, SpansRefused } from '@wherry/core/ports/span-exporter';
import type { Span } from '@wherry/core/trace';
import { encodeSpans } from './otlp-json.ts';

export interface OtlpOptions {
  /** Sent along: what the receiver knows us by. Never shown. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** What is said of this gateway. */
  readonly resource: Readonly<Record<string, string>>;
  readonly release: string;
}

/** What of an answer is read. */
const mostAnswer = 65_536;
/** Statuses after which the same may be sent again (OTLP 1.0, "Retryable Response Codes"). */
const again = [429, 502, 503, 504];

/** Sends spans to a receiver of OTLP over HTTP, in JSON. Follows no redirects. */
export class OtlpExporter implements SpanExporter {
  readonly #url: URL;
  readonly #options: OtlpOptions;
  readonly #agent: http.Agent;

  constructor(url: URL, options: OtlpOptions) {
    this.#url = url;
    this.#options = options;
    const keep = { keepAlive: true, maxSockets: 1 };
    this.#agent = url.protocol === 'https:' ? new https.Agent(keep) : new http.Agent(keep);
  }

  async export(spans: readonly Span[], signal: AbortSignal): Promise<number> {
    const { headers, resource, release } = this.#options;
    const { status, body } = await this.#post(
      encodeSpans(spans, resource, release),
      {
        ...Object.fromEntries(headers),
        'Content-Type': 'application/json',
        'User-Agent': `wherry/${release}`,
      },
      signal,
    );
    if (status >= 200 && status < 300) return rejected(body, spans.length);
    throw new SpansRefused(`${this.#url.host} answered ${status}`, again.includes(status));
  }

  close(): void {
    this.#agent.destroy();
  }

  #post(
    body: string,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<{ status: number; body: string }> {
    const { request } = this.#url.protocol === 'https:' ? https : http;
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void =>
        reject(
          new SpansRefused(
            `${this.#url.host}: ${signal.aborted ? 'no answer in time' : error.message}`,
            true,
          ),
        );
      try {
        const length = String(Buffer.byteLength(body));
        const options = {
          method: 'POST',
          agent: this.#agent,
          signal,
          headers: { ...headers, 'Content-Length': length },
        };
        const sent = request(this.#url, options, (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (piece: string) => {
            if (text.length < mostAnswer) text += piece;
          });
          response.once('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
          response.once('error', fail);
        });
        sent.once('error', fail);
        sent.end(body);
      } catch (error) {
        // A header that HTTP does not allow: it will not become better.
        reject(new SpansRefused((error as Error).message, false));
      }
    });
  }
}

/** How many spans a receiver did not want, of those that it took. */
function rejected(body: string, most: number): number {
  try {
    const { partialSuccess } = JSON.parse(body) as { partialSuccess?: { rejectedSpans?: number | string } };
    const count = Number(partialSuccess?.rejectedSpans ?? 0);
    return Number.isFinite(count) ? Math.min(most, Math.max(0, count)) : 0;
  } catch {
    return 0;
  }
}
