// Runs inside a build's fence. Makes one file of a function's own code and its libraries, and says in one line of JSON what it did.
// A library that could notice the difference stays outside; where the function's own code could, nothing is bundled.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { rolldown } from 'rolldown';
import { libraryConcern, ownConcern, ownPlace } from './concerns.mjs';

const order = JSON.parse(process.argv[2]);
const root = fs.realpathSync(order.code);
const modules = path.join(root, 'node_modules') + path.sep;
const compiler = path.join(import.meta.dirname, 'compile.cjs');
const loader =
  'import(process.argv[1]).then(() => process.exit(0), (error) => { console.error(String(error)); process.exit(1); })';

try {
  say(await attempt());
} catch (error) {
  say({
    why: String(error?.message ?? error)
      .split('\n')[0]
      .slice(0, 300),
  });
}

function say(report) {
  process.stdout.write(`${JSON.stringify({ modules: 0, outside: {}, needsModules: true, ...report })}\n`);
}

/** Bundles again and again with what turned out to have to stay outside, until nothing new does. */
async function attempt() {
  const outside = {};
  let format = 'cjs';
  for (;;) {
    const seen = { own: undefined, libraries: {}, reached: new Set() };
    const output = await made(outside, seen, format).catch((error) => {
      // Whoever waits while he is loaded can only be a module.
      if (format === 'esm' || !/top-level await/i.test(String(error?.message))) throw error;
      format = 'esm';
    });
    if (output === undefined) continue;
    if (seen.own !== undefined) return { why: seen.own };
    const found = Object.entries(seen.libraries).filter(([name]) => outside[name] === undefined);
    if (found.length === 0) return finished(output, outside, seen);
    for (const [name, why] of found) outside[name] = why;
  }
}

async function made(outside, seen, format) {
  const build = await rolldown({
    input: path.join(root, order.entry),
    cwd: root,
    platform: 'node',
    external: (id) => outside[packageIn(id)] !== undefined,
    logLevel: 'silent',
    transform: { target: order.target },
    treeshake: { moduleSideEffects: true },
    plugins: [{ name: 'wherry', transform: (text, id) => looked(text, id, seen) }],
  });
  try {
    const { output } = await build.generate({
      format,
      exports: 'auto',
      sourcemap: true,
      codeSplitting: false,
    });
    return { chunk: output.find((one) => one.type === 'chunk'), format };
  } finally {
    await build.close();
  }
}

/** Reads each file on its way in. Files of the function's own learn where they stood. */
function looked(text, id, seen) {
  if (!path.isAbsolute(id)) return null; // the bundler's own
  const name = id.startsWith(modules) ? packageOf(id.slice(modules.length)) : undefined;
  if (name !== undefined) {
    seen.reached.add(name);
    const why = libraryConcern(name, text);
    if (why !== undefined) seen.libraries[name] = why;
    return null;
  }
  const why = ownConcern(text);
  if (why !== undefined) seen.own ??= `${path.relative(root, id)} uses ${why}`;
  return ownPlace(text, path.relative(root, path.dirname(id)).split(path.sep).join('/'), path.basename(id));
}

function finished({ chunk, format }, outside, seen) {
  const before = path.parse(order.entry);
  const entry = path.join(before.dir, `${before.name}.bundle.${format === 'cjs' ? 'cjs' : 'mjs'}`);
  const file = path.join(root, entry);
  const map = `${path.basename(entry)}.map`;
  fs.writeFileSync(
    file,
    `${chunk.code.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '')}\n//# sourceMappingURL=${map}\n`,
  );
  fs.writeFileSync(path.join(root, before.dir, map), JSON.stringify(withoutTexts(chunk.map)));
  const problem = format === 'cjs' ? loads(compiler, file) : undefined;
  if (problem !== undefined && loads('-e', loader, path.join(root, order.entry)) === undefined) {
    for (const one of [file, path.join(root, before.dir, map)]) fs.rmSync(one);
    return { why: `in one piece it does not load: ${problem}` };
  }
  const unreached = wanted().filter((name) => !seen.reached.has(name));
  return {
    entry: entry.split(path.sep).join('/'),
    modules: Object.keys(chunk.modules).filter((id) => path.isAbsolute(id)).length,
    outside,
    // What nothing imports by name may still be asked for while it runs: an engine for views, a driver.
    needsModules: Object.keys(outside).length > 0 || unreached.length > 0,
  };
}

/** Libraries' sources are published; only the function's own are worth their bytes. */
function withoutTexts(map) {
  const texts = map.sourcesContent?.map((text, at) =>
    map.sources[at].includes('node_modules') ? null : text,
  );
  return {
    version: 3,
    sources: map.sources,
    sourcesContent: texts,
    names: map.names,
    mappings: map.mappings,
  };
}

/** Undefined where the Node that will run the function ends well; else the last line of what it said. */
function loads(...args) {
  const { status, stderr } = spawnSync(order.node, args, {
    cwd: root,
    timeout: 10_000,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return status === 0 ? undefined : stderr.trim().split('\n').at(-1) || 'it took too long';
}

function wanted() {
  return Object.keys(manifest().dependencies ?? {});
}

function manifest() {
  try {
    return JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  } catch {
    return {};
  }
}

/** The package of an import as it is written or as it was found. */
function packageIn(id) {
  if (id.startsWith(modules)) return packageOf(id.slice(modules.length));
  return /^[a-z@]/i.test(id) && !path.isAbsolute(id) ? packageOf(id) : '';
}

/** The innermost one: packages may bring their own versions of others. */
function packageOf(inside) {
  const [first = '', second = ''] = inside
    .split(/node_modules[\\/]/)
    .at(-1)
    .split(/[\\/]/);
  return first.startsWith('@') ? `${first}/${second}` : first;
}
