import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { languageNamed, languages, type NamedLanguage } from '@wherry/core/languages';
import { similar } from '@wherry/core/rules/similar';
import { readTemplateFile, type TemplateFile } from '@wherry/stack/template-file';
import { usageError } from '../failures.ts';

/** The templates that come with this program. */
export const bundledTemplates = join(import.meta.dirname, '../../../../templates');
/** Where pulled ones are, in the project's folder, as faas-cli has it. */
export const pulledFolder = 'template';

const templateName = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** What a new function begins with. */
export interface Template {
  /** As `lang` in the stack file. */
  readonly name: string;
  /** The template's folder on this machine. */
  readonly folder: string;
  readonly file: TemplateFile;
  /** Where the sample is. */
  readonly sample: string;
  /** Undefined for templates that we have no recipe for. */
  readonly known: NamedLanguage | undefined;
}

/** A template by one of its names: one that was pulled into the project first, then a bundled one. Throws a usage error. */
export async function findTemplate(written: string, cwd: string): Promise<Template> {
  const name = written.replace(/@.*$/, '').toLowerCase();
  const known = languageNamed(name);
  if (!templateName.test(name))
    throw usageError(
      `${JSON.stringify(written)} is no name of a template`,
      'See which there are: wherry new --list',
    );
  const pulled = join(cwd, pulledFolder, name);
  if (existsSync(join(pulled, 'template.yml'))) return template(name, pulled, known);
  if (known !== undefined) return template(name, join(bundledTemplates, known.language.name), known);
  const near = similar(name, [...languages.map((one) => one.name), ...pulledTemplates(cwd)]);
  throw usageError(
    `there is no template ${JSON.stringify(written)}${near === undefined ? '' : `; did you mean ${near}?`}`,
    'See which there are: wherry new --list; others are fetched: wherry template pull URL',
  );
}

/** A template of the project, or nothing. */
export async function pulledTemplate(lang: string, cwd: string): Promise<Template | undefined> {
  if (!templateName.test(lang.toLowerCase())) return undefined;
  const folder = join(cwd, pulledFolder, lang);
  return existsSync(join(folder, 'template.yml')) ? template(lang, folder, languageNamed(lang)) : undefined;
}

export function pulledTemplates(cwd: string): readonly string[] {
  const folder = join(cwd, pulledFolder);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, 'template.yml')));
}

async function template(name: string, folder: string, known: NamedLanguage | undefined): Promise<Template> {
  const file = readTemplateFile(await readFile(join(folder, 'template.yml'), 'utf8'));
  return { name, folder, file, sample: join(folder, file.handlerFolder), known };
}
