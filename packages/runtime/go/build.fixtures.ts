// Compiles the host together with a function, as a build does, in a folder that is gone when the tests are.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const USUAL_PLACE = '/usr/local/go/bin/go';

/** `WHERRY_TEST_GO` names another compiler than the one on the path. */
const go = process.env.WHERRY_TEST_GO ?? (answers('go') ? 'go' : USUAL_PLACE);
export const missing = answers(go) ? undefined : `there is no ${go} here`;

export type Signature = 'middleware' | 'http' | 'classic';

/** What a compiler's run came to: the program, or what it said. */
export type Built = { program: string } | { refused: string };

export interface Order {
  signature: Signature;
  /** The function's package, a folder in `fixtures`. */
  fixture: string;
  /** What else the module consists of: other folders of `fixtures`, by their names beside main.go. */
  beside?: Record<string, string>;
  /** `go` commands to run before the build. */
  before?: string[][];
}

/** `WHERRY_TEST_GO_RACE=1` looks for data races while the tests run, and needs a C compiler. */
const race = process.env.WHERRY_TEST_GO_RACE === '1';

/** What a program is started with, so that a race ends it. */
export const raceEnv: Record<string, string> = race ? { GORACE: 'halt_on_error=1' } : {};

export function build({ signature, fixture, beside = {}, before = [] }: Order): Built {
  const here = import.meta.dirname;
  const folder = mkdtempSync(path.join(tmpdir(), 'go-function-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const name of readdirSync(here)) {
    if (name !== 'fixtures' && !/\.(ts|json)$/.test(name))
      cpSync(path.join(here, name), path.join(folder, name), { recursive: true });
  }
  for (const [to, from] of Object.entries({ ...beside, function: fixture }))
    cpSync(path.join(here, 'fixtures', from), path.join(folder, to), { recursive: true });
  const program = path.join(folder, 'program');
  const flags = race ? ['-race'] : ['-trimpath', '-ldflags', '-s -w'];
  const last = ['build', '-buildvcs=false', '-tags', `wherry_${signature}`, ...flags, '-o', program, '.'];
  for (const args of [...before, last]) {
    const run = spawnSync(go, args, { cwd: folder, env: environment(), encoding: 'utf8' });
    if (run.status !== 0) return { refused: run.stderr || String(run.error) };
  }
  return { program };
}

function environment(): NodeJS.ProcessEnv {
  const own = { GOFLAGS: '-mod=mod', GOTOOLCHAIN: 'local', GOWORK: 'off', CGO_ENABLED: race ? '1' : '0' };
  return { ...process.env, ...own };
}

function answers(program: string): boolean {
  if (path.isAbsolute(program) && !existsSync(program)) return false;
  return spawnSync(program, ['version']).status === 0;
}
