import { cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { places, type Site } from '../site.ts';
import { refused, searchableText } from './manifest-file.ts';
import type { Recipe } from './recipe.ts';

const host = join(import.meta.dirname, '../../../runtime/go');
/** The part of the host's folder that is the host. */
const hostFiles = /^(?:go\.mod|main\.go|adapter_\w+\.go|early|internal)$/;
/** What the signature `http` is written against. The module proxy gives no list of its versions, so this one is named. */
const sdk = 'github.com/openfaas/templates-sdk/go-http@v0.0.0-20220408082716-5981c545cb03';
/** What a program is called that is host and function at once. */
const program = 'function';

type Signature = 'middleware' | 'http' | 'classic';

/** How a handler in Go looks, by what it is called with. */
const looks: readonly (readonly [RegExp, Signature])[] = [
  [/^func Handle ?\( ?\w* http\.ResponseWriter\b/, 'middleware'],
  [/^func Handle ?\( ?\w* \w+\.Request ?,? ?\) ?\( ?\w+\.Response\b/, 'http'],
  [/^func Handle ?\( ?\w* \[\]byte ?,? ?\) ?string\b/, 'classic'],
];

/** Go: the function and its host become one program, which links to nothing of the machine. */
export const go: Recipe = {
  async plan({ folder, manifest }, toolbox) {
    const signature = await signatureOf(folder, manifest.signature);
    const tool = await toolbox.go();
    const reach = toolbox.reach('go');
    const module = /^module\s+"?([^\s"]+)/m.exec((await searchableText(folder, 'go.mod')) ?? '')?.[1];
    return {
      tools: [tool],
      async make(site) {
        const env = { GOFLAGS: '', GOWORK: 'off' };
        const run = (says: string, args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
          site.run({ says, tool, args, cwd: places.work, env: { ...env, ...more }, reach });
        await layOut(site, module);
        if (signature === 'http') await run('Fetching the OpenFaaS SDK for Go', ['get', sdk]);
        const workspace = module !== undefined && module !== 'handler/function';
        if (workspace) await run('Joining the modules', ['work', 'init', '.', './user'], { GOWORK: '' });
        else if (module !== undefined)
          await run('Joining the modules', [
            ...['mod', 'edit', '-require=handler/function@v0.0.0', '-replace=handler/function=./function'],
          ]);
        await run(
          'Compiling with Go',
          [
            ...['build', '-buildvcs=false', '-trimpath', '-tags', `wherry_${signature}`, '-ldflags', '-s -w'],
            ...(workspace ? [] : ['-mod=mod']),
            ...['-o', `${places.work}/${program}.out`, '.'],
          ],
          workspace ? { GOWORK: '' } : {},
        );
        await rename(join(site.work, `${program}.out`), join(site.code, program));
        return {
          manifest: { ...manifest, entry: program, signature },
          // Files that are no source may be what it serves.
          leftOut: ['*.go', 'go.mod', 'go.sum', 'vendor'],
        };
      },
    };
  },
};

/** The host's sources, and the function's where they can be imported by the name that the host knows. */
async function layOut(site: Site, module: string | undefined): Promise<void> {
  for (const name of await readdir(host))
    if (hostFiles.test(name)) await cp(join(host, name), join(site.work, name), { recursive: true });
  const other = module !== undefined && module !== 'handler/function';
  const to = join(site.work, other ? 'user' : 'function');
  await cp(site.code, to, { recursive: true });
  if (existsSync(join(to, 'go.sum')) && !other) await cp(join(to, 'go.sum'), join(site.work, 'go.sum'));
  if (!other) return;
  // Of a module with a name of its own, the host sees the one function that it calls.
  await mkdir(join(site.work, 'function'));
  const text = `package function\n\nimport user "${module}"\n\nvar Handle = user.Handle\n`;
  await writeFile(join(site.work, 'function', 'function.go'), text);
}

async function signatureOf(folder: string, asked: string): Promise<Signature> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.go') && !name.endsWith('_test.go'));
  if (files.length === 0) throw refused('there are no .go files at the top of the code');
  const texts = await Promise.all(
    files.map(async (name) => signaturesIn(await readFile(join(folder, name), 'utf8'))),
  );
  const found = looks.find(([look]) => texts.flat().some((text) => look.test(text)))?.[1];
  if (found !== undefined) return found;
  if (asked === 'middleware' || asked === 'http' || asked === 'classic') return asked;
  throw refused(
    'no Handle of a known form was found: Handle(http.ResponseWriter, *http.Request), Handle(handler.Request) (handler.Response, error) or Handle([]byte) string',
  );
}

/** What stands where a function Handle begins, blanks made one: a few short pieces, whatever else is in the file. */
function signaturesIn(text: string): readonly string[] {
  const found: string[] = [];
  for (
    let at = text.indexOf('func Handle');
    at >= 0 && found.length < 10;
    at = text.indexOf('func Handle', at + 1)
  )
    found.push(text.slice(at, at + 300).replaceAll(/\s+/g, ' '));
  return found;
}
