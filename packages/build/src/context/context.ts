import { languageNamed, manifestFor, type NamedLanguage } from '@wherry/core/languages';
import type { PackageManifest } from '@wherry/core/packages';
import { readDockerfile } from './dockerfile.ts';

/** A template with a function in it, as clients of OpenFaaS send it to be built. */
export interface Context {
  /** Of the template; undefined where the context is somebody's own. */
  readonly language: string | undefined;
  readonly fprocess: string | undefined;
  readonly dockerfile: string | undefined;
  /** Where the function's own code is. */
  readonly handlerFolder: string;
  /** Paths of all files. */
  readonly files: readonly string[];
}

/** What of a context is built, and as what. */
export interface ContextPlan {
  /** The folder that becomes the code; '' for all of it. */
  readonly folder: string;
  readonly manifest: PackageManifest;
  /** What of its Dockerfile is not done here. */
  readonly notDone: readonly string[];
}

/** Variables of an image that mean nothing where there is none. */
const ofImages =
  /^(?:PATH|HOME|USER|LANG|LC_ALL|GOPATH|GOROOT|GO111MODULE|CGO_ENABLED|JAVA_HOME|NPM_CONFIG_\w+|PYTHONPATH|PIP_\w+|DEBIAN_FRONTEND|NODE_VERSION|PYTHON\w*VERSION)$/;

/** What recipes do by themselves, and what only prepares for it. */
const doneByRecipes =
  /\b(?:npm|pip3?|go|mvn|gradle|composer|bundle|gem)\b|\b(?:adduser|addgroup|useradd|groupadd|chown|chmod|mkdir|rm|cp|mv|touch|echo|true|test)\b/;

/**
 * A template that we know is built our way from the function's own code. Any other is taken at its Dockerfile's word: what it sets as ENV or
 * CMD is what runs, on top of whatever its manifests ask to have installed.
 */
export function planOf(context: Context): ContextPlan {
  const known = context.language === undefined ? undefined : languageNamed(context.language);
  if (known !== undefined && context.files.some((file) => file.startsWith(`${context.handlerFolder}/`)))
    return { folder: context.handlerFolder, manifest: withEntry(known, context), notDone: [] };
  const facts = readDockerfile(context.dockerfile ?? '');
  const env = Object.fromEntries(Object.entries(facts.env).filter(([name]) => !ofImages.test(name)));
  const watchdog = facts.command.some((word) => word.endsWith('fwatchdog'));
  const command = env['fprocess'] ?? context.fprocess ?? (watchdog ? undefined : facts.command.join(' '));
  return {
    folder: '',
    manifest: {
      runtime: 'process',
      entry: '.',
      signature: 'process',
      env: { ...env, ...(command === undefined || command === '' ? {} : { fprocess: command }) },
    },
    notDone: facts.runs.flatMap(commandsOf).filter((run) => !doneByRecipes.test(run)),
  };
}

/** A RUN line is often several commands. */
function commandsOf(run: string): readonly string[] {
  const plain = run.replace(/^(?:--\S+\s+)+/, '');
  return plain
    .split(/&&|;/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function withEntry(known: NamedLanguage, { files, handlerFolder }: Context): PackageManifest {
  const manifest = manifestFor(known);
  const has = (name: string): boolean => files.includes(`${handlerFolder}/${name}`);
  if (has(manifest.entry)) return manifest;
  const other = ['handler.js', 'handler.mjs', 'handler.cjs', 'handler.ts', 'index.js', 'handler.py'].find(
    has,
  );
  return other !== undefined && ['node', 'python'].includes(known.language.runtime)
    ? { ...manifest, entry: other }
    : {
        ...manifest,
        entry: ['node', 'python', 'ruby'].includes(known.language.runtime) ? manifest.entry : '.',
      };
}
