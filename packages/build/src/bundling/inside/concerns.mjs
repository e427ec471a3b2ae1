// What code can do that means something else in one file than in many. Text is looked at, not syntax: a word in a comment keeps a
// library outside, which costs a little time and breaks nothing.

const files = /\b__dirname\b|\b__filename\b|\bimport\.meta\.(?:url|dirname|filename|resolve)\b/;
const resolving =
  /\brequire\.(?:resolve|cache|main|extensions)\b|\bcreateRequire\b|\bmodule\.(?:parent|paths|children)\b/;
const threads = /\bnew (?:Worker|SharedWorker)\(|\bfork\(\s*(?:require|__|path)/;
const native = /\.node['"`]|\bprocess\.dlopen\b|\bnode-gyp-build\b|\bbindings\(/;
/** A name that is only known while it runs. */
const computed = /(?<![.\w$])(?:require|import)\(\s*(?!['"`][^'"`$]*['"`]\s*\)|\/\*|\))/;

/** express asks for the engine of a view by its name; whoever renders views names one. */
const harmless = { express: /\brequire\(mod\)/ };

/** Why a library stays outside; undefined where it may be bundled. */
export function libraryConcern(name, text) {
  if (files.test(text)) return 'looks for files beside itself';
  if (resolving.test(text)) return 'asks how modules are found';
  if (threads.test(text)) return 'starts threads';
  if (native.test(text)) return 'is compiled code';
  const rest = harmless[name] === undefined ? text : text.replace(harmless[name], '');
  return computed.test(rest) ? 'loads by names it computes' : undefined;
}

/** Why the function is not bundled at all; undefined where it may be. Where it stands, it is told by `ownPlace`. */
export function ownConcern(text) {
  if (resolving.test(text)) return 'how modules are found';
  if (threads.test(text)) return 'threads of its own files';
  if (/\bimport\.meta\.resolve\b/.test(text)) return 'how modules are found';
  if (/\.engine\(|\bview engine\b|\.render\(/.test(text)) return 'views, whose engine is loaded by its name';
  return computed.test(text) ? 'names of modules that it computes' : undefined;
}

/** Lets a file of the function's own find what lies beside it: the bundle stands in the same tree, maybe in another folder of it. */
export function ownPlace(text, folder, name) {
  if (!files.test(text)) return null;
  const above = JSON.stringify(folder === '' ? '.' : folder);
  const code = text
    .replaceAll(/\bimport\.meta\.(?:dirname)\b/g, '__dirname')
    .replaceAll(/\bimport\.meta\.(?:filename)\b/g, '__filename')
    .replaceAll(/\bimport\.meta\.url\b/g, 'require("node:url").pathToFileURL(__filename).href');
  // The working directory of a function is the folder of its code, for as long as it runs.
  const place = `const __dirname = require("node:path").resolve(process.cwd(), ${above}), __filename = require("node:path").join(__dirname, ${JSON.stringify(name)});`;
  const imports = /^\s*(?:import\s[^(]|export\s)/m.test(text);
  const needsRequire = imports
    ? 'import { createRequire as __wherryRequire } from "node:module"; const require = __wherryRequire(process.cwd() + "/");'
    : '';
  return { code: `${needsRequire}${place}${code}`, map: null };
}
