// A gateway whose data folder is a small memory disk of its own, in a mount namespace, for audit-durability.test.ts.
//   node audit-full-disk.fixtures.ts HOME
// Prints what it saw as one line of JSON.
import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditState } from '@wherry/wire/audit';
import { Gateway } from './gateway.ts';

const home = process.argv[2]!;
const filler = join(home, 'filler');
const undo: (() => Promise<void>)[] = [];
const gateway = await Gateway.start({ after: (fn) => void undo.push(fn) }, { home });

function fill(): void {
  for (const size of [65_536, 4096, 512, 1]) {
    try {
      for (;;) appendFileSync(filler, Buffer.alloc(size, 1));
    } catch {
      // Smaller pieces may still fit.
    }
  }
}

const change = (label: number) =>
  gateway.system('PUT', '/system/namespace/team', { name: 'team', labels: { label: String(label) } });

async function labelNow(): Promise<string | undefined> {
  const read = await gateway.system('GET', '/system/namespace/team');
  return ((await read.json()) as { labels?: { label?: string } }).labels?.label;
}

await gateway.system('POST', '/system/namespace/', { name: 'team' });
await change(0);
await gateway.deploy({ name: 'hello', files: { 'handler.js': `module.exports = () => 'here';` } });
await (await gateway.call('hello')).text();
fill();
// The database's log may have room for some more; then the disk is really full.
const statuses = new Set<number>();
let refused: string | undefined;
let unchanged = true;
let last = '0';
for (let n = 1; n < 3000 && statuses.size < 1; n += 1) {
  const answer = await change(n);
  await answer.arrayBuffer();
  if (answer.ok) {
    last = String(n);
    continue;
  }
  statuses.add(answer.status);
  refused = answer.headers.get('x-wherry-error') ?? undefined;
  unchanged &&= (await labelNow()) === last;
}
for (let n = 5000; n < 5020; n += 1) {
  const answer = await change(n);
  statuses.add(answer.status);
  unchanged &&= (await labelNow()) === last;
}
const call = await gateway.call('hello');
const frees = await gateway.system('DELETE', '/system/functions', { functionName: 'hello' });
rmSync(filler);
const recovers = await change(9999);
const verified = (await (await gateway.system('GET', '/system/audit/verify')).json()) as AuditState;
process.stdout.write(
  JSON.stringify({
    ...{ refused, statuses: [...statuses], unchanged, calls: call.status, frees: frees.status },
    ...{ recovers: recovers.status, verifies: verified.verifies },
  }),
);
for (const one of undo) await one();
