// What the certificate of a server says. The function has to be granted the way there: com.wherry.network: internet.
'use strict';
const net = require('node:net');
const tls = require('node:tls');

const LIMIT_MS = 10_000;

module.exports = async (event, context) => {
  const asked = String(event.rawBody).trim();
  const [, host, port = '443'] =
    /^(?:https?:\/\/)?([a-z0-9.-]{1,253})(?::(\d{1,5}))?(?:\/.*)?$/i.exec(asked) ?? [];
  if (host === undefined) return context.status(400).succeed('Send a host name, such as www.example.com\n');
  try {
    const seen = await look(host, Number(port));
    if (event.query?.output === 'json') return context.succeed(seen);
    const lines = Object.entries(seen).map(
      ([name, value]) => `${name} ${Array.isArray(value) ? `[${value.join(' ')}]` : value}\n`,
    );
    return context.headers({ 'content-type': 'text/plain; charset=utf-8' }).succeed(lines.join(''));
  } catch (error) {
    return context.status(502).succeed(`${host}: ${error.message}\n`);
  }
};

function look(host, port) {
  return new Promise((resolve, reject) => {
    // It is looked at, not trusted: one that is over or signs itself is what somebody may want to see.
    const servername = net.isIP(host) === 0 ? host : '';
    const socket = tls.connect(
      { host, port, servername, rejectUnauthorized: false, timeout: LIMIT_MS },
      () => {
        const {
          issuer,
          subject,
          valid_from: from,
          valid_to: to,
          subjectaltname = '',
        } = socket.getPeerCertificate();
        const [before, after] = [new Date(from), new Date(to)];
        resolve({
          Host: socket.remoteAddress,
          Port: port,
          Issuer: issuer?.CN ?? issuer?.O ?? '',
          CommonName: subject?.CN ?? '',
          NotBefore: goTime(before),
          NotAfter: goTime(after),
          NotAfterUnix: Math.floor(after.getTime() / 1000),
          SANs: subjectaltname.split(', ').map((name) => name.replace(/^(?:DNS|IP Address):/, '')),
          TimeRemaining: remaining(after.getTime() - Date.now()),
        });
        socket.destroy();
      },
    );
    socket.once('timeout', () => socket.destroy(new Error('it does not answer')));
    socket.once('error', reject);
  });
}

function goTime(date) {
  return date
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' +0000 UTC');
}

function remaining(ms) {
  const days = Math.round(Math.abs(ms) / 86_400_000);
  const span = days >= 60 ? `${Math.round(days / 30)} months` : days === 1 ? '1 day' : `${days} days`;
  return ms < 0 ? `${span} ago` : `${span} from now`;
}
