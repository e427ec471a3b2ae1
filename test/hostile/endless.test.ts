// Bodies that never end: each is refused at its limit, with the reason, and the gateway goes on.
import assert from 'node:assert/strict';
import { type IncomingMessage, request } from 'node:http';
import { after, test } from 'node:test';
import { Gateway } from '../e2e/gateway.ts';

const gateway = await Gateway.start({ after });

/** Sends until it is answered. */
async function pour(method: string, path: string, more: Readonly<Record<string, string>>): Promise<string> {
  const piece = Buffer.alloc(2 ** 20, ' ');
  const outgoing = request(`${gateway.url}${path}`, { method, headers: more });
  outgoing.on('error', () => undefined);
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.once('close', () => reject(new Error('the connection closed without an answer')));
  });
  const send = (): void => {
    while (!outgoing.destroyed && outgoing.write(piece));
  };
  outgoing.on('drain', send);
  send();
  const response = await answer;
  let text = '';
  for await (const chunk of response) text += String(chunk);
  outgoing.destroy();
  return `${response.statusCode} ${text}`;
}

for (const [method, path, headers, why] of [
  ['PUT', '/system/packages', gateway.admin, /^400 [\s\S]*\(package_refused\)[\s\S]*larger than/],
  ['POST', '/build', { 'x-build-signature': `sha256=${'0'.repeat(64)}` }, /^413 [\s\S]*\(body_too_large\)/],
  ['POST', '/system/functions', gateway.admin, /^413 [\s\S]*\(body_too_large\)/],
] as const)
  test(`${method} ${path} without an end`, { timeout: 60_000 }, async () => {
    assert.match(await pour(method, path, headers), why);
    assert.equal((await fetch(`${gateway.url}/healthz`)).status, 200);
  });
