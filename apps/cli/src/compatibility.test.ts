import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Command, optionsOf } from './command.ts';
import { commandsFor } from './command-directory.ts';
import { compatibility } from './compatibility.ts';

const all = await commandsFor(undefined);

function find(path: string): Command | undefined {
  let level: readonly Command[] = all;
  let found: Command | undefined;
  for (const word of path.split(' ')) {
    found = level.find(({ name, aliases }) => name === word || aliases?.includes(word));
    level = found?.subcommands ?? [];
  }
  return found;
}

for (const { command, state, flags = {} } of compatibility)
  test(`faas-cli ${command} is as the page says`, () => {
    const found = find(command);
    if (state === 'later') return assert.equal(found, undefined, 'it is there: say so');
    assert.ok(found?.run !== undefined, 'there is no such command');
    const known = new Set(optionsOf(found).flatMap(({ flags: text }) => text.match(/--[a-z-]+/g) ?? []));
    for (const flag of Object.keys(flags)) assert.ok(known.has(`--${flag}`), `--${flag} is not taken`);
  });
