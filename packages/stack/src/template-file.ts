import { parse } from 'yaml';

/** What a template says of itself in template.yml, as far as it matters here. */
export interface TemplateFile {
  readonly language: string | undefined;
  /** The command that is started, unless the function names another. */
  readonly fprocess: string | undefined;
  /** Told to whoever makes a function of it. */
  readonly welcome: string | undefined;
  /** Where the function's own code goes. */
  readonly handlerFolder: string;
}

/** Reads template.yml. What is missing or of another kind counts as absent; what is no YAML throws. */
export function readTemplateFile(text: string): TemplateFile {
  const value: unknown = parse(text, { maxAliasCount: 10 });
  const fields = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const textOf = (key: string): string | undefined => {
    const found = fields[key];
    return typeof found === 'string' && found.trim() !== '' ? found.trim() : undefined;
  };
  const folder = textOf('handler_folder') ?? 'function';
  return {
    language: textOf('language'),
    fprocess: textOf('fprocess'),
    welcome: textOf('welcome_message'),
    // Nothing leads out of the template.
    handlerFolder: /^[\w][\w./-]{0,100}$/.test(folder) && !folder.includes('..') ? folder : 'function',
  };
}
