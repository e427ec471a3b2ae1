import { cp, mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { places, type Site } from '../site.ts';
import type { Tool } from '../tools/tool.ts';
import { counted, manifestText, refused } from './manifest-file.ts';
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
    const pom = (await manifestText(folder, 'pom.xml')) ?? '';
    const wanted = dependenciesIn(pom);
    if (pom === '') await refuseGradle(folder);
    const maven = wanted === 0 ? undefined : await toolbox.maven();
    const reach = toolbox.reach('maven');
    return {
      tools: [jdk, ...(maven === undefined ? [] : [maven])],
      async make(site) {
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
            });
          };
          await site.layer('lib', [maven.version, jdk.version, pom], install);
        }
        await compiled(site, jdk, releaseIn(pom));
        await packed(site, jdk);
        await rehearsed(site, jdk);
        return {
          manifest: { ...manifest, entry: 'app.jar' },
          leftOut: ['/src', '/pom.xml', '/build.gradle', '/settings.gradle', '/target', '*.java'],
        };
      },
    };
  },
};

/** Dependencies of the function itself, and not those of plugins or of a list of versions. */
function dependenciesIn(pom: string): number {
  const plain = pom
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<(dependencyManagement|build|profiles)>[\s\S]*?<\/\1>/g, '');
  return [...plain.matchAll(/<dependency>([\s\S]*?)<\/dependency>/g)].filter(
    ([, inside = '']) => !/<groupId>\s*com\.openfaas\s*<|<scope>\s*(?:test|provided)\s*</.test(inside),
  ).length;
}

function releaseIn(pom: string): number {
  const said = /<maven\.compiler\.(?:release|target|source)>\s*(\d+)\s*</.exec(pom)?.[1];
  return Math.max(oldest, Number(said ?? oldest));
}

/** Gradle fetches itself and runs what it is told: its file is not read, so it must not say anything that is needed. */
async function refuseGradle(folder: string): Promise<void> {
  const gradle = (await manifestText(folder, 'build.gradle')) ?? '';
  const wanted = [...gradle.matchAll(/^\s*(?:implementation|compile|api)\s*\(?\s*['"]([^'"]+)['"]/gm)];
  const others = wanted.map(([, name = '']) => name).filter((name) => !name.startsWith('com.openfaas:'));
  if (others.length > 0)
    throw refused(
      `build.gradle asks for ${others[0]}, and Gradle is not run: write the dependencies into a pom.xml`,
    );
}

async function compiled(site: Site, jdk: Tool, release: number): Promise<void> {
  await cp(join(host, 'src'), join(site.work, 'host'), { recursive: true });
  await mkdir(join(site.work, 'classes'));
  const main = existsSync(join(site.code, 'src/main/java')) ? 'src/main/java' : '.';
  const own = (await readdir(join(site.code, main), { recursive: true }))
    .filter((path) => path.endsWith('.java') && !path.startsWith('src/test'))
    .map((path) => `${places.code}/${main === '.' ? '' : `${main}/`}${path}`);
  if (own.length === 0) throw refused('there are no .java files in the code, nor in its src/main/java');
  const hosts = (await readdir(join(site.work, 'host'), { recursive: true }))
    .filter((path) => path.endsWith('.java'))
    .map((path) => `${places.work}/host/${path}`);
  await writeFile(join(site.work, 'sources'), [...hosts, ...own].map((path) => `"${path}"\n`).join(''));
  const resources = join(site.code, 'src/main/resources');
  if (existsSync(resources)) await cp(resources, join(site.work, 'classes'), { recursive: true });
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
      ...['-cp', `${places.code}/lib/*`, '-d', classes, `@${places.work}/sources`],
    ],
  });
}

async function packed(site: Site, jdk: Tool): Promise<void> {
  const libraries = existsSync(join(site.code, 'lib')) ? (await readdir(join(site.code, 'lib'))).sort() : [];
  const path = libraries.filter((name) => name.endsWith('.jar')).map((name) => `lib/${name}`);
  // Lines of a manifest have 72 bytes; those that go on begin with a blank.
  const line = `Class-Path: ${path.join(' ')}`.match(/.{1,70}/g)?.join('\n ') ?? '';
  await writeFile(join(site.work, 'manifest'), path.length === 0 ? '\n' : `${line}\n`);
  await site.run({
    says: 'Packing',
    tool: beside(jdk, 'jar'),
    args: [
      '--create',
      '--file',
      `${places.code}/app.jar`,
      '--manifest',
      `${places.work}/manifest`,
      '-C',
      classes,
      '.',
    ],
    quiet: true,
  });
  for (const jar of ['app.jar', ...path]) await utimes(join(site.code, jar), date, date);
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
