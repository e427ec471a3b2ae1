// A gateway's store in small, for tests that record what it does to its disk, or break it: takes the steps of a script one after the other
// and says of each that it begins and that it is done.
//   node writer.fixtures.ts HOME MARKS SEED FIRST COUNT close|kill
// WHERRY_SOAK_LOG=few pages makes the log short; WHERRY_SOAK_WITHOUT is for controls: flush, a store whose
// commits are not flushed; refusal, a writer that says done to what failed.
import { openSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { script } from './script.ts';
import { openBareShelf, openShelf } from './shelf.ts';

const [home = '', marks = '', seed, first, count, end] = process.argv.slice(2);
const from = Number(first);
const marker = openSync(marks, 'a', 0o600);
const say = (text: string) => writeSync(marker, `${text}\n`);

const settings: [string, string][] = [];
if (process.env['WHERRY_SOAK_LOG'] === 'few pages')
  settings.push(['synchronous=FULL', 'synchronous=FULL; PRAGMA wal_autocheckpoint=12']);
if (process.env['WHERRY_SOAK_WITHOUT'] === 'flush') settings.push(['synchronous=FULL', 'synchronous=OFF']);
if (settings.length > 0) {
  const exec = DatabaseSync.prototype.exec;
  DatabaseSync.prototype.exec = function (sql) {
    return exec.call(
      this,
      settings.reduce((text, [from, to]) => text.replace(from, to), sql),
    );
  };
}
// What is set differently is so in this thread alone.
const shelf = settings.length > 0 ? openBareShelf(home) : await openShelf(home);
const steps = script(Number(seed), from + Number(count)).slice(from);
for (const [i, step] of steps.entries()) {
  say(`begin ${from + i}`);
  try {
    await shelf.take(step);
    say(`done ${from + i}`);
  } catch (error) {
    const told = process.env['WHERRY_SOAK_WITHOUT'] === 'refusal' ? 'done' : 'failed';
    say(`${told} ${from + i} ${(error as { code?: string }).code}`);
  }
}
if (end === 'kill') process.kill(process.pid, 'SIGKILL');
await shelf.close();
