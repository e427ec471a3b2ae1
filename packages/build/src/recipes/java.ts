import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { plainFolder } from '../built-files.ts';
import { places, type Site } from '../site.ts';
import type { Tool } from '../tools/tool.ts';
import { between, counted, refused, searchableText, without } from './manifest-file.ts';
import type { Recipe } from './recipe.ts';

const host = join(import.meta.dirname, '../../../runtime/java');
const classes = `${places.work}/classes`;
/** The oldest release that the host can be compiled for. */
const oldest = 17;
/** An archive of classes is good for jars of one date; packages give them all this one. */
const date = new Date('2000-01-01T00:00:00Z');

/** Java: Maven's libraries, one jar of the function and its host, and an archive of loaded classes that makes its start fast. */
export const java: Recipe = {
  async plan({ folder, manifest }, toolbox) {
    const jdk = await toolbox.jdk();
    const pom = (await searchableText(folder, 'pom.xml')) ?? '';
    const wanted = dependenciesIn(pom);
    if (pom === '') await refuseGradle(folder);
    const maven = wanted === 0 ? undefined : await toolbox.maven();
    const reach = toolbox.reach('maven');
    // Maven reads more than the pom: extensions, arguments, parents and modules beside it.
    const whole = existsSync(join(folder, '.mvn')) || /<(?:parent|modules|systemPath)>/.test(pom);
    return {
      tools: [jdk, ...(maven === undefined ? [] : [maven])],
      async make(site) {
        // Looked at before anything of the function's has run: afterwards a name could lead anywhere.
        const sources = await sourcesIn(folder);
        await layOut(site, folder, sources);
        if (maven !== undefined) {
          const install = async (): Promise<void> => {
            await site.run({
              says: `Fetching ${counted(wanted)} with Maven`,
              tool: maven,
              args: [
                ...[
                  '--batch-mode',
                  '--quiet',
                  '--no-transfer-progress',
                  '-Dmaven.repo.local=/cache/repository',
                ],
                ...[
                  'dependency:copy-dependencies',
                  '-DincludeScope=runtime',
                  '-DexcludeGroupIds=com.openfaas',
                ],
                ...[`-DoutputDirectory=${places.code}/lib`, '--file', 'pom.xml'],
              ],
              reach,
              risky: true,
            });
          };
          const decides = [maven.version, jdk.version, pom];
          await site.layer('lib', { decides, whole, risky: true }, install);
        }
        await compiled(site, jdk, releaseIn(pom));
        await packed(site, jdk, folder);
        await rehearsed(site, jdk);
        return {
          manifest: { ...manifest, entry: 'app.jar' },
          leftOut: ['/src', '/pom.xml', '/build.gradle', '/settings.gradle', '/target', '/.mvn', '*.java'],
        };
      },
    };
  },
};

/** Dependencies of the function itself, and not those of plugins or of a list of versions. */
function dependenciesIn(pom: string): number {
  const plain = ['dependencyManagement', 'build', 'profiles'].reduce(
    (text, name) => without(text, `<${name}>`, `</${name}>`),
    without(pom, '<!--', '-->'),
  );
  return between(plain, '<dependency>', '</dependency>').filter(
    (inside) => !/<groupId>[ \t]*com\.openfaas[ \t]*<|<scope>[ \t]*(?:test|provided)[ \t]*</.test(inside),
  ).length;
}

function releaseIn(pom: string): number {
  const said = /<maven\.compiler\.(?:release|target|source)>\s*(\d+)\s*</.exec(pom)?.[1];
  return Math.max(oldest, Number(said ?? oldest));
}

/** Gradle fetches itself and runs what it is told: its file is not read, so it must not say anything that is needed. */
async function refuseGradle(folder: string): Promise<void> {
  const gradle = (await searchableText(folder, 'build.gradle')) ?? '';
  const wanted = [
    ...gradle.matchAll(/^[ \t]*(?:implementation|compile|api)[ \t]*\(?[ \t]*['"]([^'"]+)['"]/gm),
  ];
  const others = wanted.map(([, name = '']) => name).filter((name) => !name.startsWith('com.openfaas:'));
  if (others.length > 0)
    throw refused(
      `build.gradle asks for ${others[0]}, and Gradle is not run: write the dependencies into a pom.xml`,
    );
}

/** The function's .java files, relative to its code. */
async function sourcesIn(folder: string): Promise<readonly string[]> {
  const main = existsSync(join(folder, 'src/main/java')) ? 'src/main/java' : '.';
  const own = (await readdir(join(folder, main), { recursive: true }))
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.java') && !path.startsWith('src/test/'));
  if (own.length === 0) throw refused('there are no .java files in the code, nor in its src/main/java');
  const odd = own.find((path) => /["\\\r\n]/.test(path));
  if (odd !== undefined) throw refused(`${JSON.stringify(odd)} is no name for a file of Java`);
  return own.map((path) => (main === '.' ? path : `${main}/${path}`));
}

/** The host's sources, the list of all, and the resources, where the steps see them and cannot change them. */
async function layOut(site: Site, folder: string, own: readonly string[]): Promise<void> {
  await cp(join(host, 'src'), join(site.given, 'host'), { recursive: true });
  const hosts = (await readdir(join(host, 'src'), { recursive: true }))
    .filter((path) => path.endsWith('.java'))
    .map((path) => `${places.given}/host/${path}`);
  const all = [...hosts, ...own.map((path) => `${places.code}/${path}`)];
  await writeFile(join(site.given, 'sources'), all.map((path) => `"${path}"\n`).join(''));
  const resources = join(folder, 'src/main/resources');
  await mkdir(join(site.given, 'resources'));
  if (existsSync(resources)) await cp(resources, join(site.given, 'resources'), { recursive: true });
}

async function compiled(site: Site, jdk: Tool, release: number): Promise<void> {
  await site.run({
    says: 'Compiling with javac',
    tool: jdk,
    args: [
      ...[
        '-encoding',
        'UTF-8',
        '-XDstringConcat=inline',
        '--release',
        String(release),
        '-nowarn',
        '-proc:none',
      ],
      ...['-cp', `${places.code}/lib/*`, '-d', classes, `@${places.given}/sources`],
    ],
  });
}

async function packed(site: Site, jdk: Tool, source: string): Promise<void> {
  const lib = plainFolder(site.code, 'lib');
  const libraries =
    lib === undefined ? [] : (await readdir(lib)).filter((name) => /^[\w.+-]+\.jar$/.test(name)).sort();
  const path = libraries.map((name) => `lib/${name}`);
  // Lines of a manifest have 72 bytes; those that go on begin with a blank.
  const line = `Class-Path: ${path.join(' ')}`.match(/.{1,70}/g)?.join('\n ') ?? '';
  await writeFile(join(site.given, 'manifest'), path.length === 0 ? '\n' : `${line}\n`);
  const resources = existsSync(join(source, 'src/main/resources'));
  await site.run({
    says: 'Packing',
    tool: beside(jdk, 'jar'),
    args: [
      ...['--create', '--file', `${places.code}/app.jar`, '--manifest', `${places.given}/manifest`],
      ...['-C', classes, '.', ...(resources ? ['-C', `${places.given}/resources`, '.'] : [])],
    ],
    quiet: true,
  });
  await site.run({
    says: 'Dating',
    tool: { ...jdk, command: ['/usr/bin/touch'] },
    args: ['--date', date.toISOString(), 'app.jar', ...path],
    quiet: true,
  });
}

/** Goes through a start and a first call, and keeps the classes that they took. */
async function rehearsed(site: Site, jdk: Tool): Promise<void> {
  const { args } = JSON.parse(await readFile(join(host, 'launch.json'), 'utf8')) as {
    args: readonly string[];
  };
  const flags = args.filter((word) => !word.includes('SharedArchiveFile') && !word.startsWith('-Xshare'));
  await site.run({
    says: 'Rehearsing its start',
    tool: beside(jdk, 'java'),
    args: ['-XX:ArchiveClassesAtExit=app.jsa', ...flags, '--rehearse', 'auto'],
    quiet: true,
  });
}

function beside(jdk: Tool, name: string): Tool {
  return { ...jdk, command: [(jdk.command[0] as string).replace(/javac$/, name)] };
}
