// Loads a bundle as the host does, and keeps what V8 has compiled of it by then beside it. Run by the very Node that will run the function.
'use strict';
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const vm = require('node:vm');

const file = process.argv[2];
const source = fs.readFileSync(file, 'utf8');
const importModuleDynamically = vm.constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER;
try {
  const script = new vm.Script(Module.wrap(source), { filename: file, importModuleDynamically });
  const own = new Module(file, null);
  own.filename = file;
  own.paths = Module._nodeModulePaths(path.dirname(file));
  script.runInThisContext()(own.exports, Module.createRequire(file), own, file, path.dirname(file));
  fs.writeFileSync(`${file}.code`, script.createCachedData());
  process.exit(0);
} catch (error) {
  process.stderr.write(`${String(error?.message ?? error).split('\n')[0]}\n`);
  process.exit(1);
}
