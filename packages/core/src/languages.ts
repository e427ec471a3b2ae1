import type { PackageManifest } from './packages.ts';

/** A language that functions are written in, or one way to write them in it: what `lang` in a stack file names. */
export interface Language {
  /** Our name for it, and the folder below `templates/`. */
  readonly name: string;
  readonly says: string;
  readonly runtime: 'node' | 'python' | 'go' | 'java' | 'ruby' | 'php' | 'process';
  /** How its handler is called; `auto` finds out. */
  readonly signature: string;
  /** The file that holds the handler in a new function. */
  readonly entry: string;
  /** What else it is called; names of OpenFaaS's templates among them. `#` stands for a version. */
  readonly aliases: readonly string[];
}

const language = (
  name: string,
  runtime: Language['runtime'],
  signature: string,
  entry: string,
  says: string,
  aliases: string,
): Language => ({ name, runtime, signature, entry, says, aliases: aliases.split(' ') });

/** Every language, likeliest first. */
export const languages: readonly Language[] = [
  language(
    'node',
    'node',
    'event',
    'handler.js',
    'JavaScript: (event, context)',
    'node# nodejs javascript js node-# node-debian node#-debian node-express node#-express node#-express-service node-armhf',
  ),
  language(
    'typescript',
    'node',
    'auto',
    'handler.ts',
    'TypeScript: fetch(request)',
    'ts node-ts node-typescript node#-typescript node#-ts',
  ),
  language(
    'python',
    'python',
    'classic',
    'handler.py',
    'Python: handle(req)',
    'python# python#-classic py python3-debian python3-armhf python-armhf python2',
  ),
  language(
    'python-http',
    'python',
    'event',
    'handler.py',
    'Python: handle(event, context)',
    'python3-http python3-http-debian python3-http-armhf python#-http',
  ),
  language(
    'python-flask',
    'python',
    'classic',
    'handler.py',
    'Python on Flask: handle(req)',
    'python3-flask python3-flask-debian python#-flask python#-flask-armhf python27-flask',
  ),
  language(
    'python-asgi',
    'python',
    'asgi',
    'handler.py',
    'Python: an ASGI application',
    'asgi python3-asgi fastapi python3-fastapi',
  ),
  language(
    'go',
    'go',
    'middleware',
    'handler.go',
    'Go: Handle(w, r)',
    'golang golang-middleware golang-middleware-inproc go-middleware golang-middleware-armhf',
  ),
  language(
    'go-http',
    'go',
    'http',
    'handler.go',
    'Go: Handle(request) (response, error)',
    'golang-http golang-http-armhf',
  ),
  language(
    'go-classic',
    'go',
    'classic',
    'handler.go',
    'Go: Handle(bytes) string',
    'go-armhf golang-classic',
  ),
  language(
    'java',
    'java',
    'event',
    'com.openfaas.function.Handler',
    'Java: IResponse Handle(IRequest)',
    'java# java#-vert-x java-maven',
  ),
  language('php', 'php', 'auto', 'index.php', 'PHP: handle($data)', 'php# php#-armhf'),
  language('ruby', 'ruby', 'classic', 'handler.rb', 'Ruby: run(request)', 'ruby# ruby-armhf'),
  language('ruby-http', 'ruby', 'http', 'handler.rb', 'Ruby: run(body, headers)', 'ruby#-http'),
  language(
    'bash',
    'process',
    'process',
    'handler.sh',
    'a shell script: reads standard input, prints the answer',
    'sh shell',
  ),
  language(
    'program',
    'process',
    'process',
    '.',
    'any program: the command in fprocess',
    'process bash-streaming bash-http',
  ),
];

/** A language that was asked for by one of its names. */
export interface NamedLanguage {
  readonly language: Language;
  /** The version that the name has in it: `node20` and `python3.12` do, `python3` does not say more than Python. */
  readonly version: string | undefined;
}

/** The language behind a name; undefined where it is none of ours. `classic go` of OpenFaaS is go-classic in our words. */
export function languageNamed(written: string): NamedLanguage | undefined {
  const name = written.toLowerCase().replace(/@.*$/, '');
  for (const one of languages) {
    if (one.name === name) return { language: one, version: undefined };
    for (const alias of one.aliases) {
      const version = versionIn(alias, name);
      if (version !== undefined) return { language: one, version: meaningful(one, version) };
    }
  }
  return undefined;
}

/** '' where the alias matches without a version. */
function versionIn(alias: string, name: string): string | undefined {
  const [before = '', after] = alias.split('#');
  if (after === undefined) return alias === name ? '' : undefined;
  if (!name.startsWith(before) || !name.endsWith(after)) return undefined;
  const between = name.slice(before.length, name.length - after.length);
  return /^\d+(?:\.\d+)*$/.test(between) ? between : undefined;
}

/** `python3` and `python27` name no version that one could choose: every Python here is a 3. */
function meaningful({ runtime }: Language, version: string): string | undefined {
  if (runtime === 'node' && /^\d\d$/.test(version) && Number(version) >= 18) return version;
  if (runtime === 'python' && /^3\.\d+$/.test(version)) return version;
  return undefined;
}

/** What is run for a function of a language, unless its code says more. */
export function manifestFor({
  language: { runtime, entry, signature },
  version,
}: NamedLanguage): PackageManifest {
  return { runtime: version === undefined ? runtime : `${runtime}${version}`, entry, signature };
}

/** `node20` is Node in its version 20. */
export function runtimeParts(runtime: string): {
  readonly name: string;
  readonly version: string | undefined;
} {
  const [, name = runtime, version] = /^([a-z]+)([\d.]+)?$/.exec(runtime) ?? [];
  return { name, version };
}
