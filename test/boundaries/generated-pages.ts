// `npm run docs`: writes the parts of docs/ that follow from the code. `npm run check` fails when they are stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue } from '@wherry/core/errors';
import { compatibility } from '@wherry/cli/compatibility';
import { settingRules } from '@wherry/gateway/config/settings';
import { jsonSchema } from '@wherry/stack/shape';
import { stackShape } from '@wherry/stack/stack-shape';
import { openApi } from '@wherry/wire/openapi';
import { routes } from '@wherry/wire/routes';
import { scenarios } from '../soak/scenarios.ts';

const root = join(import.meta.dirname, '../..');
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  row(head) + row(head.map(() => '---')) + rows.map(row).join('');

function settings(): string {
  const shown = (key: string, fallback: string): string =>
    key === 'home' ? '`~/.wherry`' : fallback === '' ? 'none' : `\`${fallback}\``;
  const rows = Object.values(settingRules).map(({ key, flag, variable, fallback, meaning }) => [
    `\`${key}\``,
    `\`${flag}\``,
    `\`${variable}\``,
    shown(key, fallback),
    meaning,
  ]);
  return table(['key in config.yaml', 'flag', 'variable', 'default', 'meaning'], rows);
}

function errors(): string {
  const rows = Object.entries(catalogue).map(([code, { status, fault, title, next }]) => [
    `\`${code}\``,
    String(status),
    fault,
    title,
    next,
  ]);
  return table(['code', 'status', 'whose fault', 'what happened', 'what to do'], rows);
}

function api(): string {
  return table(
    ['method', 'path', 'needs', 'what it does'],
    Object.values(routes).map(({ method, path, access, says }) => [method, `\`${path}\``, access, says]),
  );
}

/** For editors: what a stack file may hold. */
function stackSchema(): string {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'stack.yaml',
    ...jsonSchema(stackShape),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** What of faas-cli works. */
function faasCli(): string {
  const words = {
    works: 'works',
    accepted: 'accepted, without effect',
    other: 'means something else',
    later: 'later',
  };
  const rows = compatibility.flatMap(({ command, state, note = '', flags = {} }) => [
    [`\`${command}\``, '', words[state], note],
    ...Object.entries(flags).map(([flag, said]) => {
      const [how, why] = typeof said === 'string' ? [said, ''] : said;
      return ['', `\`--${flag}\``, words[how], why];
    }),
  ]);
  return table(['command', 'flag', 'here', ''], rows);
}

/** What is proved, how large, and what has to be noticed. */
function reliability(): string {
  const number = (count: number): string => count.toLocaleString('en-US');
  const rows = scenarios.map(({ id, promise, unit, full, short, controls }) => [
    id,
    promise,
    `${number(full)} ${unit}`,
    number(short),
    controls.map(({ without }) => without).join('; '),
  ]);
  return table(['', 'promise', 'full size', 'in `npm test`', 'guards taken away'], rows);
}

/** Each page with the part between its marks made anew. */
export function generatedPages(): ReadonlyMap<string, string> {
  const parts: readonly (readonly [page: string, part: string])[] = [
    ['docs/configuration.md', settings()],
    ['docs/errors.md', errors()],
    ['docs/api.md', api()],
    ['docs/faas-cli.md', faasCli()],
    ['docs/reliability.md', reliability()],
  ];
  return new Map(
    parts.map(([page, part]) => {
      const text = readFileSync(join(root, page), 'utf8');
      const made = text.replace(
        /(<!-- generated: npm run docs -->\n)[\s\S]*?(<!-- end -->)/,
        (_, from: string, to: string) => `${from}${part}${to}`,
      );
      return [page, made];
    }),
  );
}

/** Files that are made from the code as a whole. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['schemas/stack.schema.json', stackSchema()],
    ['schemas/openapi.json', `${JSON.stringify(openApi(), null, 2)}\n`],
  ]);
}

if (process.argv[1] === import.meta.filename)
  for (const [file, text] of [...generatedPages(), ...generatedFiles()])
    writeFileSync(join(root, file), text);
