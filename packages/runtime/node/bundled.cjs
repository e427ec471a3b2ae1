// A function in one file, as builds make it: loaded with what V8 has compiled of it, and with stacks that name the files it was made of.
'use strict';
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const vm = require('node:vm');

/** What `require` would give. Without compiled code beside it, or with code of another V8, it is compiled like any other. */
function requireBundle(file) {
  // In Node 18 what is compiled by hand cannot import.
  const loader = vm.constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  if (loader === undefined) return require(file);
  const source = fs.readFileSync(file, 'utf8');
  const cachedData = read(`${file}.code`);
  const script = new vm.Script(Module.wrap(source), {
    filename: file,
    importModuleDynamically: loader,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  const own = new Module(file, null);
  own.filename = file;
  own.paths = Module._nodeModulePaths(path.dirname(file));
  own.require = Module.createRequire(file);
  Module._cache[file] = own;
  script.runInThisContext().call(own.exports, own.exports, own.require, own, file, path.dirname(file));
  own.loaded = true;
  return own.exports;
}

/** Lets stacks lead to the files that somebody wrote. The map is read when the first stack is asked for. */
function explainStacks(file) {
  let map;
  const place = (site) => {
    if (site.getFileName() !== file && site.getFileName() !== `file://${file}`) return undefined;
    map ??= new Module.SourceMap(
      JSON.parse(read(`${file}.map`)?.toString() ?? '{"mappings":"","sources":[]}'),
    );
    const entry = map.findEntry(site.getLineNumber() - 1, site.getColumnNumber() - 1);
    if (entry?.originalSource === undefined) return undefined;
    const source = path.resolve(path.dirname(file), entry.originalSource);
    return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  };
  Error.prepareStackTrace = (error, sites) => {
    const lines = sites.map((site) => {
      const text = String(site);
      const original = place(site);
      return `\n    at ${original === undefined ? text : text.replace(/(?:file:\/\/)?\/[^\s()]*:\d+:\d+/, () => original)}`;
    });
    return headOf(error) + lines.join('');
  };
}

/** An error whose own words throw must not take its stack with it. */
function headOf(error) {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}

function read(file) {
  try {
    return fs.readFileSync(file);
  } catch {
    return undefined;
  }
}

module.exports = { requireBundle, explainStacks };
