import { statSync } from 'node:fs';
import {
  ask,
  findProgram,
  installationOf,
  missing,
  shownFolder,
  settingsFolder,
  shownProgram,
  type Tool,
} from './tool.ts';
import type { Toolbox } from './toolbox.ts';

export async function findGo(box: Toolbox): Promise<Tool> {
  const path = `${box.path}:/usr/local/go/bin`;
  const program = findProgram('go', path);
  if (program === undefined) throw missing('go', 'sudo apt-get install golang-go, or https://go.dev/dl');
  const version = /go(\d\S*)/.exec(await ask(program, ['version'], box.env))?.[1] ?? 'unknown';
  const root = await ask(program, ['env', 'GOROOT'], box.env);
  const env = {
    GOCACHE: '/cache/build',
    GOMODCACHE: '/cache/modules',
    GOTOOLCHAIN: 'local',
    CGO_ENABLED: '0',
  };
  return {
    name: 'go',
    version,
    command: [program],
    shown: [...shownFolder(root), ...shownFolder(installationOf(program))],
    env,
  };
}

export async function findPhp(box: Toolbox): Promise<Tool> {
  const program = findProgram('php', box.path);
  if (program === undefined) throw missing('PHP', 'sudo apt-get install php-cli');
  const version = /PHP (\S+)/.exec(await ask(program, ['--version'], box.env))?.[1] ?? 'unknown';
  return {
    name: 'php',
    version,
    command: [program],
    shown: [...shownProgram(program), ...settingsFolder('php')],
    env: {},
  };
}

export async function findComposer(box: Toolbox): Promise<Tool> {
  const program = findProgram('composer', box.path);
  if (program === undefined) throw missing('Composer', 'sudo apt-get install composer');
  const php = await box.php();
  const said = await ask(program, ['--version', '--no-ansi'], box.env);
  const version = /Composer (?:version )?(\S+)/.exec(said)?.[1] ?? 'unknown';
  // Mostly it is one archive, in ~/bin as likely as not: what lies beside it is no build's business.
  const alone = statSync(program).size > 256 * 1024;
  const own = alone ? shownProgram(program) : shownFolder(installationOf(program));
  const shown = [...php.shown, ...own];
  const env = {
    COMPOSER_CACHE_DIR: '/cache',
    COMPOSER_HOME: '/tmp/composer',
    COMPOSER_NO_INTERACTION: '1',
  };
  return { name: 'composer', version, command: [...php.command, program], shown, env };
}

export async function findRuby(box: Toolbox): Promise<Tool> {
  const program = findProgram('ruby', box.path);
  if (program === undefined) throw missing('Ruby 2.7 or newer', 'sudo apt-get install ruby');
  const version = /ruby (\S+)/.exec(await ask(program, ['--version'], box.env))?.[1] ?? 'unknown';
  return {
    name: 'ruby',
    version,
    command: [program],
    shown: shownFolder(installationOf(program)),
    env: {},
  };
}

export async function findBundler(box: Toolbox): Promise<Tool> {
  const ruby = await box.ruby();
  const program = findProgram('bundle', box.path);
  if (program === undefined) throw missing('Bundler', 'sudo apt-get install bundler');
  const said = await ask(program, ['--version'], box.env);
  const version = /(\d+\.\d+\S*)/.exec(said)?.[1] ?? 'unknown';
  const env = {
    BUNDLE_USER_CACHE: '/cache',
    BUNDLE_APP_CONFIG: '/build/bundle',
    BUNDLE_SILENCE_ROOT_WARNING: 'true',
  };
  return { name: 'bundler', version, command: [...ruby.command, program], shown: ruby.shown, env };
}
