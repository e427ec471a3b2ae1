import type { EditorLanguage } from '../editor/languages.ts';

/** What a new function begins with. The first file holds the handler. */
export interface Starter {
  readonly id: string;
  readonly word: string;
  readonly runtime: string;
  readonly files: readonly {
    readonly path: string;
    readonly language: EditorLanguage;
    readonly text: string;
  }[];
}

const packageJson = { path: 'package.json', language: 'text', text: '{\n  "dependencies": {}\n}\n' } as const;
const requirements = { path: 'requirements.txt', language: 'text', text: '' } as const;

export const starters: readonly [Starter, ...Starter[]] = [
  {
    id: 'node',
    word: 'JavaScript: (event, context)',
    runtime: 'node',
    files: [
      {
        path: 'handler.js',
        language: 'javascript',
        text: "module.exports = async (event, context) => {\n  const name = event.query.name ?? 'you';\n  return context.status(200).succeed({ hello: name });\n};\n",
      },
      packageJson,
    ],
  },
  {
    id: 'typescript',
    word: 'TypeScript: fetch(request)',
    runtime: 'node',
    files: [
      {
        path: 'handler.ts',
        language: 'typescript',
        text: "export default {\n  async fetch(request: Request): Promise<Response> {\n    const { searchParams } = new URL(request.url);\n    return Response.json({ hello: searchParams.get('name') ?? 'you' });\n  },\n};\n",
      },
      { ...packageJson, text: '{\n  "type": "module",\n  "dependencies": {}\n}\n' },
    ],
  },
  {
    id: 'python-http',
    word: 'Python: handle(event, context)',
    runtime: 'python',
    files: [
      {
        path: 'handler.py',
        language: 'python',
        text: 'def handle(event, context):\n    name = event.query.get("name", "you")\n    return {"statusCode": 200, "body": {"hello": name}}\n',
      },
      requirements,
    ],
  },
  {
    id: 'python',
    word: 'Python: handle(req)',
    runtime: 'python',
    files: [
      {
        path: 'handler.py',
        language: 'python',
        text: 'def handle(req):\n    return "Hello " + (req or "you")\n',
      },
      requirements,
    ],
  },
];
