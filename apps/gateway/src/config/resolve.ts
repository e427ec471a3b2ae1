import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asWherryError } from '@wherry/core/errors';
import type { Setting } from '@wherry/wire/diagnosis';
import { StartRefused } from '../start/refusal.ts';
import { type SettingKey, type SettingRule, type Settings, settingRules } from './settings.ts';

/** Settings with where each came from. */
export interface Configuration {
  readonly settings: Settings;
  readonly origins: readonly Setting[];
  /** Folder with sample functions to deploy, or undefined. */
  readonly samples: string | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Flag before variable before config.yaml before default. Throws StartRefused for what can't be understood. */
export async function configuration(
  argv: readonly string[],
  env: Env,
  samplesFolder: string,
): Promise<Configuration> {
  const flags = readFlags(argv);
  // An empty variable is none: the settings of whatever folder we are in are nobody's.
  const home = flags.get('home') ?? (env['WHERRY_HOME'] || settingRules.home.fallback);
  const file = await readFile(join(home, 'config.yaml'));
  const origins: Setting[] = [];
  const values: Partial<Record<SettingKey, unknown>> = {};
  for (const [key, rule] of Object.entries(settingRules) as [SettingKey, SettingRule<unknown>][]) {
    const found = firstOf([
      ['flag', flags.get(key)],
      ['variable', env[rule.variable] || undefined],
      ['file', file.get(key)],
      ['default', fallbackOf(key, rule, values.port)],
    ]);
    try {
      values[key] = rule.read(found.value);
    } catch (thrown) {
      const where =
        found.origin === 'flag'
          ? rule.flag
          : found.origin === 'variable'
            ? rule.variable
            : join(home, 'config.yaml');
      throw new StartRefused(
        `${asWherryError(thrown, 'config').message} (from ${where})`,
        `${rule.key}: ${rule.meaning}`,
      );
    }
    origins.push({
      key,
      value: found.value,
      origin: found.origin,
      flag: rule.flag,
      variable: rule.variable,
      reload: 'restart',
    });
  }
  return {
    settings: values as Settings,
    origins,
    samples: flags.has('samples') ? flags.get('samples') || samplesFolder : undefined,
  };
}

/** Whoever takes any free port for the API runs it beside another gateway, which has the usual ports: the others then move as well. */
function fallbackOf(key: SettingKey, rule: SettingRule<unknown>, apiPort: unknown): string {
  return apiPort === 0 && (key === 'dashboardPort' || key === 'metricsPort') ? '0' : rule.fallback;
}

function firstOf(candidates: readonly (readonly [Setting['origin'], string | undefined])[]): {
  origin: Setting['origin'];
  value: string;
} {
  for (const [origin, value] of candidates) if (value !== undefined) return { origin, value };
  throw new Error('every setting has a default');
}

/** `--port 1` and `--port=1`. `--samples` may stand alone. */
function readFlags(argv: readonly string[]): ReadonlyMap<string, string> {
  const known = new Map<string, string>(Object.values(settingRules).map((rule) => [rule.flag, rule.key]));
  const flags = new Map<string, string>();
  for (let i = 0; i < argv.length; i++) {
    const [flag, inline] = splitOnce(argv[i] as string);
    if (flag === '--samples') {
      flags.set('samples', inline ?? '');
      continue;
    }
    const key = known.get(flag);
    if (key === undefined)
      throw new StartRefused(`${flag} is not a flag of wherry server`, 'see them all: wherry server --help');
    const value = inline ?? argv[++i];
    if (value === undefined)
      throw new StartRefused(`${flag} needs a value`, 'see them all: wherry server --help');
    flags.set(key, value);
  }
  return flags;
}

function splitOnce(text: string): [string, string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** The file is optional; what is in it must be known, so that a misspelt setting does not go unnoticed. */
async function readFile(path: string): Promise<ReadonlyMap<string, string>> {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return new Map();
    throw new StartRefused(
      `${path} cannot be read: ${(error as Error).message}`,
      'correct its rights, or remove it',
    );
  }
  const { parse } = await import('yaml');
  try {
    const found = new Map<string, string>();
    flatten(parse(content, { maxAliasCount: 100 }), '', found);
    for (const key of found.keys())
      if (!Object.hasOwn(settingRules, key)) throw new Error(`${key} is not a setting`);
    return found;
  } catch (error) {
    throw new StartRefused(
      `${path}: ${(error as Error).message.split('\n')[0]}`,
      'see the settings: wherry config, docs/configuration.md',
    );
  }
}

/** `functions: {timeout: 30s}` is `functions.timeout`. */
function flatten(value: unknown, prefix: string, into: Map<string, string>): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) into.set(prefix, value.join(','));
  else if (typeof value === 'object') {
    for (const [key, inner] of Object.entries(value))
      flatten(inner, prefix === '' ? key : `${prefix}.${key}`, into);
  } else into.set(prefix, String(value));
}
