import type { Extension } from '@codemirror/state';

export type EditorLanguage = 'javascript' | 'typescript' | 'python' | 'yaml' | 'text';

/** What knows a language is fetched when it is written in. */
export async function languageSupport(language: EditorLanguage): Promise<Extension> {
  if (language === 'text') return [];
  if (language === 'python') return (await import('@codemirror/lang-python')).python();
  if (language === 'yaml') return (await import('@codemirror/lang-yaml')).yaml();
  const { javascript } = await import('@codemirror/lang-javascript');
  return javascript({ typescript: language === 'typescript' });
}
