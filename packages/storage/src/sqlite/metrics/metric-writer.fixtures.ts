// A gateway in small that samples without a pause, for metric-survival.test.ts, which kills it: every round has the number of the round in
// two counters and a gauge, and says so when it was taken.
//   node metric-writer.fixtures.ts HOME FIRST
import { writeSync } from 'node:fs';
import { openStore } from '../open-store.ts';
import { survivalLevels, survivalRound, survivalStart } from './metric-rounds.fixtures.ts';

const [home, first] = process.argv.slice(2);
const say = (line: string): void => void writeSync(1, `${line}\n`);

const store = await openStore({
  home: home!,
  now: Date.now,
  metricLevels: survivalLevels,
  onDamage: (damage) => say(`damage ${JSON.stringify(damage)}`),
});
say('ready');
for (let round = Number(first); ; round += 1) {
  const lost = await store.metrics.append(survivalStart + round * 10_000, survivalRound(round));
  say(lost === 0 ? `round ${round}` : `lost ${lost}`);
}
