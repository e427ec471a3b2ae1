/** What of a template.yml decides about a build. Its three keys are plain texts at the top in every template there is: no YAML reader is needed. */
export interface TemplateLines {
  readonly language: string | undefined;
  readonly fprocess: string | undefined;
  readonly handlerFolder: string | undefined;
}

export function readTemplate(text: string | undefined): TemplateLines {
  const of = (key: string): string | undefined => {
    const line = new RegExp(`^${key}:[ \\t]*(.*)$`, 'm').exec(text ?? '')?.[1]?.slice(0, 500) ?? '';
    const [, quoted, plain] = /^(?:["'](.*)["']|([^#]*?))\s*(?:#.*)?$/.exec(line.trim()) ?? [];
    const value = (quoted ?? plain ?? '').trim();
    return value === '' ? undefined : value;
  };
  const folder = of('handler_folder');
  const inside = folder !== undefined && /^[\w][\w./-]{0,100}$/.test(folder) && !folder.includes('..');
  return { language: of('language'), fprocess: of('fprocess'), handlerFolder: inside ? folder : undefined };
}
