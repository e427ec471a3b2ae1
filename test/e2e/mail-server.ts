// A mail server on a real socket, with TLS and users, that keeps what it gets.
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface Mail {
  readonly to: readonly string[];
  readonly user: string | undefined;
  readonly secure: boolean;
  readonly text: string;
}

/** `certificate`: FILE.crt and FILE.key. Only who signs in with the password, and after STARTTLS, may send. */
export async function mailServer(
  t: { after(fn: () => Promise<void>): void },
  certificate: string,
  password: string,
): Promise<{ readonly port: number; readonly mails: readonly Mail[] }> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    key: readFileSync(`${certificate}.key`),
    cert: readFileSync(`${certificate}.crt`),
    closeTimeout: 100,
    disableReverseLookup: true,
    onAuth: (auth, _session, done) =>
      auth.password === password ? done(null, { user: auth.username ?? '' }) : done(new Error('no')),
    onData(stream, { envelope, user, secure }, done) {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        const to = envelope.rcptTo.map(({ address }) => address);
        const text = Buffer.concat(pieces).toString();
        mails.push({ to, secure, user: user === undefined ? undefined : String(user), text });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => new Promise<void>((resolve) => server.close(resolve)));
  return { port: (server.server.address() as AddressInfo).port, mails };
}
