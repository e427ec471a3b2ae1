// A gateway in small, for tests that kill it or take its disk away: writes functions and numbers until it is told to stop by
// a signal, and says of each write how it went, after it did.
//   node writer.fixtures.ts HOME FIRST [COUNT]
import { sampleFunction } from '@wherry/testkit/samples';
import { writeSync } from 'node:fs';
import { openStore } from './open-store.ts';

const [home, first, count = 'Infinity'] = process.argv.slice(2);
const say = (line: string) => writeSync(1, `${line}\n`);

const store = await openStore({ home: home!, now: Date.now, onDamage: (damage) => say(`damage ${JSON.stringify(damage)}`) });
say('ready');
for (let n = Number(first); n < Number(first) + Number(count); n += 1) {
  try {
    const version = await store.desiredState.nextVersion({ namespace: 'test', name: 'counter' });
    say(`version ${version}`);
    await store.desiredState.put(sampleFunction(`fn-${n}`, 1, { env: { TEXT: 'x'.repeat(n % 3000) } }));
    say(`put ${n}`);
    void store.records.append([]);
  } catch (error) {
    say(`failed ${n} ${(error as { code?: string }).code}`);
  }
}
await store.close();
say('closed');
