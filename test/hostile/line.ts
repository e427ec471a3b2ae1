// A plain TCP connection to the gateway: sends any bytes, reads answers as they come. Client libraries are too polite for what is tried here.
import { once } from 'node:events';
import net, { type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  /** Names in lower case; values of a name that came more than once, in order. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
  /** The first line and the header lines as they came. */
  readonly head: string;
}

export class Line {
  readonly socket: Socket;
  /** Everything that came and was not yet taken by `answer`. */
  pending = Buffer.alloc(0);
  bytes = 0;
  closed = false;
  #news: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes: Buffer) => {
      this.bytes += bytes.length;
      this.pending = Buffer.concat([this.pending, bytes]);
      this.#news();
    });
    socket.on('error', () => undefined);
    for (const event of ['end', 'close']) {
      socket.on(event, () => {
        this.closed = true;
        this.#news();
      });
    }
  }

  static async to(url: string): Promise<Line> {
    const { hostname, port } = new URL(url);
    const socket = net.connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) });
    socket.setNoDelay(true);
    await once(socket, 'connect');
    return new Line(socket);
  }

  write(bytes: string | Uint8Array): boolean {
    return this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  /** The next whole answer, or undefined where the connection ended without one. 1xx are answers like others. */
  async answer(toHead = false): Promise<Answer | undefined> {
    for (;;) {
      const cut = readAnswer(this.pending, this.closed, toHead);
      if (cut !== undefined) {
        this.pending = this.pending.subarray(cut.size);
        return cut.answer;
      }
      if (this.closed) return undefined;
      await this.news();
    }
  }

  /** Resolves with all that was not taken yet, when the other side has closed. */
  async end(): Promise<string> {
    while (!this.closed) await this.news();
    return this.pending.toString('latin1');
  }

  /** Something came, or the connection ended. */
  news(): Promise<void> {
    return new Promise((resolve) => {
      this.#news = resolve;
    });
  }

  close(): void {
    this.socket.destroy();
  }
}

/** Sends bytes, and takes the answers until the other side closes or, where `only` is given, until so many have come. */
export async function send(
  url: string,
  bytes: string | Uint8Array,
  only?: number,
): Promise<readonly Answer[]> {
  const line = await Line.to(url);
  line.write(bytes);
  const answers: Answer[] = [];
  while (only === undefined || answers.length < only) {
    const answer = await line.answer();
    if (answer === undefined) break;
    answers.push(answer);
  }
  line.close();
  return answers;
}

/** One request on a connection of its own. `Host` is the gateway's unless it is among the headers. */
export async function ask(
  url: string,
  method: string,
  target: string,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): Promise<Answer> {
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  if (!names.includes('host')) lines.unshift(`Host: ${new URL(url).host}\r\n`);
  if (body !== '' && !names.includes('content-length'))
    lines.push(`Content-Length: ${Buffer.byteLength(body, 'latin1')}\r\n`);
  lines.push('Connection: close\r\n');
  const line = await Line.to(url);
  line.write(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
  const answer = await line.answer(method === 'HEAD');
  line.close();
  if (answer === undefined) throw new Error(`${method} ${JSON.stringify(target)}: closed without an answer`);
  return answer;
}

interface Cut {
  readonly answer: Answer;
  readonly size: number;
}

function readAnswer(bytes: Buffer, ended: boolean, toHead: boolean): Cut | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = bytes.toString('latin1', 0, headEnd);
  const [first = '', ...lines] = head.split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? Number.NaN);
  const headers: Record<string, string[]> = Object.create(null);
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    headers[name] = [...(headers[name] ?? []), line.slice(colon + 1).trim()];
  }
  const at = headEnd + 4;
  const cut = (body: string, size: number): Cut => ({ answer: { status, headers, body, head }, size });
  if (toHead || status < 200 || status === 204 || status === 304) return cut('', at);
  if (headers['transfer-encoding']?.includes('chunked') === true) {
    const whole = readChunks(bytes, at);
    return whole === undefined ? undefined : cut(whole.body, whole.end);
  }
  const length = headers['content-length']?.[0];
  if (length !== undefined) {
    const end = at + Number(length);
    return bytes.length < end ? undefined : cut(bytes.toString('latin1', at, end), end);
  }
  return ended ? cut(bytes.toString('latin1', at), bytes.length) : undefined;
}

function readChunks(bytes: Buffer, from: number): { body: string; end: number } | undefined {
  let body = '';
  for (let at = from; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const next = lineEnd + 2 + size + 2;
    if (bytes.length < next) return undefined;
    if (size === 0) return { body, end: next };
    body += bytes.toString('latin1', lineEnd + 2, lineEnd + 2 + size);
    at = next;
  }
}
