// Prints calls a second and the host's CPU per call for `hello`, with 64 calls in flight on one lane.
//   node packages/runtime/conformance/bench.ts [node|python|path to a module that exports `host`] [fixture] [calls]
import { readdirSync, readFileSync } from 'node:fs';
import { CALL, encode, Host, LOAD } from './driver.ts';

const [name = 'node', fixture = 'hello', count = '200000', bytes = '0'] = process.argv.slice(2);
const module = name.includes('/') ? name : new URL(`../${name}/host.fixtures.ts`, import.meta.url).href;
const { host: under } = await import(module);
const entry = under.entries[fixture];
const IN_FLIGHT = 64;
const calls = Number(count);

const host = new Host(under);
await host.ready;
const lane = await host.line();
const order = { code: under.fixtures, entry: entry.entry, signature: entry.signature ?? 'auto', env: {} };
lane.send({ type: LOAD, head: JSON.stringify({ namespace: 'bench', name: fixture, version: 1, ...order }) });
const loaded = await lane.frame();
console.log(loaded?.head);
const body = Buffer.alloc(Number(bytes), 'x');
const head =
  `${body.length > 0 ? 'POST' : 'GET'} / \nhost:127.0.0.1:8080\nuser-agent:bench/1.0\naccept:*/*\nx-call-id:0123456789abcdef\n` +
  `content-type:text/plain\nx-forwarded-for:127.0.0.1\nx-forwarded-host:127.0.0.1:8080\nx-start-time:1700000000000000000\n`;
const call = encode({ id: 0, type: CALL, aux: 60_000, head: head.replace('/ \n', '/\n'), body });

const socket = lane.detach();
await run(Math.min(calls, 50_000));
const before = { cpu: cpu(), at: performance.now() };
await run(calls);
const seconds = (performance.now() - before.at) / 1000;
const micros = ((cpu() - before.cpu) / calls) * 1e6;
console.log(`${fixture}: ${Math.round(calls / seconds)} calls/s, ${micros.toFixed(2)} µs of host CPU a call`);
console.log(`after load: PSS ${pss()} MB`);
await new Promise((resolve) => setTimeout(resolve, 4500));
console.log(`after a pause: PSS ${pss()} MB`);
await host.kill();

/** Keeps 64 calls in flight until `total` have been answered; counts answers without looking into them. */
function run(total: number): Promise<void> {
  let sent = 0;
  let answered = 0;
  let rest: Buffer = Buffer.alloc(0);
  const send = (many: number) => {
    const amount = Math.min(many, total - sent);
    if (amount <= 0) return;
    const batch = Buffer.alloc(call.length * amount);
    for (let i = 0; i < amount; i++) {
      call.copy(batch, i * call.length);
      batch.writeUInt32BE(++sent, i * call.length + 4);
    }
    socket.write(batch);
  };
  return new Promise((resolve) => {
    const read = (piece: Buffer) => {
      let data = rest.length > 0 ? Buffer.concat([rest, piece]) : piece;
      let many = 0;
      while (data.length >= 4 && data.length >= 4 + data.readUInt32BE(0)) {
        data = data.subarray(4 + data.readUInt32BE(0));
        many++;
      }
      rest = data;
      answered += many;
      if (answered >= total) {
        socket.off('data', read);
        return resolve();
      }
      send(many);
    };
    socket.on('data', read);
    socket.resume();
    send(IN_FLIGHT);
  });
}

/** Seconds of CPU that the host's threads have used. */
function cpu(): number {
  let nanoseconds = 0;
  for (const task of readdirSync(`/proc/${host.pid}/task`)) {
    nanoseconds += Number(readFileSync(`/proc/${host.pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
  }
  return nanoseconds / 1e9;
}

function pss(): string {
  const text = readFileSync(`/proc/${host.pid}/smaps_rollup`, 'utf8');
  return (Number(/^Pss:\s*(\d+)/m.exec(text)?.[1]) / 1024).toFixed(1);
}
