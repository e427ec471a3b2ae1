// A gateway in small, for tests that kill it or take its disk away: writes functions and numbers until it is told to stop by
// a signal, and says of each write how it went, after it did.
//   node writer.fixtures.ts HOME FIRST [COUNT]
import { sampleFunction } from '@wherry/testkit/samples';
import { writeSync } from 'node:fs';
import { openStore } from './open-store.ts';

const [home, first, count = 'Infinity'] = process.argv.slice(2);

function say(line: string): void {
  const bytes = Buffer.from(`${line}\n`);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      // The pipe is full: whoever reads it is slow. Nothing may happen before it was said, so this waits in place.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

const store = await openStore({
  home: home!,
  now: Date.now,
  onDamage: (damage) => say(`damage ${JSON.stringify(damage)}`),
});
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
