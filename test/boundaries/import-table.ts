// Reads the import table of ARCHITECTURE.md and holds every import against it. The page is the law: there is
// no second copy of the table in code that could say something else.
import { type Import, importsOf, isJudged, targetOf } from './import-scan.ts';
import { PYTHON_STANDARD_LIBRARY } from './python-standard-library.ts';
import { type SourceFile, workspaceOf } from './source-tree.ts';

export interface Permission {
  readonly anywhere: ReadonlySet<string>;
  /** What only certain files of the workspace may import; a path that ends in a slash is a folder. */
  readonly onlyIn: readonly { readonly paths: readonly string[]; readonly names: ReadonlySet<string> }[];
}

export type ImportTable = ReadonlyMap<string, Permission>;
/** Workspace folder → the dependencies that its package.json declares. */
export type Declared = ReadonlyMap<string, ReadonlySet<string>>;

/** These run before anything is installed, so they reach into scripts/ by path. */
const LAUNCHERS = new Map([['apps/cli/bin/wherry.mjs', ['scripts/toolchain.mjs']]]);
const NO_BUILTINS = new Set(['core']);
const NO_PACKAGES = new Set(['core', 'runtime']);

export function parseImportTable(page: string): ImportTable {
  const lines = page.split('\n');
  const start = lines.findIndex((line) => /^\|\s*workspace\s*\|\s*may import\s*\|/.test(line));
  if (start < 0) throw new Error('ARCHITECTURE.md has no table "| workspace | may import |"');
  const rows = lines.slice(start + 2);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return new Map(
    (end < 0 ? rows : rows.slice(0, end)).map((row) => {
      const [, name = '', rule = ''] = row.split('|').map((cell) => cell.replaceAll('`', '').trim());
      return [name, parsePermission(rule)] as const;
    }),
  );
}

function parsePermission(rule: string): Permission {
  const [first = '', ...rest] = rule.split(';').map((part) => part.trim());
  return {
    anywhere: new Set(first === 'nothing' ? [] : list(first)),
    onlyIn: rest.map((part) => {
      const match = /^only in ([^:]+): (.+)$/.exec(part);
      if (!match) throw new Error(`the import table has a part that can't be read: "${part}"`);
      return { paths: list(match[1] ?? ''), names: new Set(list(match[2] ?? '')) };
    }),
  };
}

function list(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}

export function checkImports(files: readonly SourceFile[], table: ImportTable, declared: Declared): string[] {
  const known = new Set(files.map((file) => file.path));
  return files.filter(isJudged).flatMap((file) =>
    importsOf(file).flatMap((one) => {
      const problem = file.path.endsWith('.py')
        ? judgePython(file.path, one, known)
        : judge(file.path, one, table, declared);
      return problem ? [`${file.path}: ${problem}`] : [];
    }),
  );
}

/** Plain JavaScript in scripts/ runs in a bare clone, where node_modules doesn't exist yet; TypeScript there doesn't. */
export function checkScripts(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => /^scripts\/.*\.mjs$/.test(file.path))
    .flatMap((file) =>
      importsOf(file)
        .filter(({ specifier }) => !specifier.startsWith('node:') && !specifier.startsWith('./'))
        .map(
          ({ specifier }) => `${file.path}: imports ${specifier}, but it runs before anything is installed`,
        ),
    );
}

function judge(
  file: string,
  { specifier }: Import,
  table: ImportTable,
  declared: Declared,
): string | undefined {
  const folder = workspaceOf(file) ?? '';
  const own = folder.split('/')[1] ?? '';
  const target = targetOf(file, specifier);
  switch (target.kind) {
    case 'relative': {
      const allowed = LAUNCHERS.get(file)?.includes(target.path) ?? false;
      if (allowed || target.path.startsWith(`${folder}/`)) return undefined;
      return `"${specifier}" leaves the workspace; import it as @wherry/… if the table allows it`;
    }
    case 'builtin':
      if (NO_BUILTINS.has(own)) return `"${specifier}" is part of Node, and ${own} imports nothing`;
      return specifier.startsWith('node:') ? undefined : `write "node:${specifier}"`;
    case 'package':
      if (NO_PACKAGES.has(own)) return `"${specifier}" is a package, and ${own} has none`;
      if (declared.get(folder)?.has(target.name)) return undefined;
      return `"${target.name}" is not among the dependencies in ${folder}/package.json`;
    case 'workspace':
      return judgeWorkspace(file, own, target.name, table, declared);
  }
}

function judgeWorkspace(
  file: string,
  own: string,
  name: string,
  table: ImportTable,
  declared: Declared,
): string | undefined {
  const folder = workspaceOf(file) ?? '';
  const permission = table.get(own);
  if (!permission) return `workspace ${own} has no row in the import table of ARCHITECTURE.md`;
  const inside = file.slice(folder.length + 1);
  const exception = permission.onlyIn.find(({ names }) => names.has(name));
  const excepted = exception?.paths.some((one) =>
    one.endsWith('/') ? inside.startsWith(one) : inside === one,
  );
  if (!permission.anywhere.has(name) && !excepted) {
    const where = exception ? `; only ${exception.paths.join(' or ')} may` : '';
    return `${own} may not import ${name}${where}`;
  }
  if (declared.get(folder)?.has(`@wherry/${name}`)) return undefined;
  return `"@wherry/${name}" is not among the dependencies in ${folder}/package.json`;
}

function judgePython(file: string, { specifier }: Import, known: ReadonlySet<string>): string | undefined {
  // What builds put into a function's code uses the function's libraries.
  if (file.startsWith('packages/build/src/recipes/inside/')) return undefined;
  // A name with an underscore before it is the part of a library module that is written in C.
  if (PYTHON_STANDARD_LIBRARY.has(specifier.replace(/^_/, ''))) return undefined;
  const folder = workspaceOf(file) ?? '';
  const parts = [...known].filter((one) => one.startsWith(`${folder}/`) && one.endsWith('.py')).join('\n');
  if (new RegExp(`/${specifier}(/|\\.py$)`, 'm').test(parts)) return undefined;
  return `"${specifier}" is not in Python's standard library, which is all a host may use`;
}
