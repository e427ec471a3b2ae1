#!/usr/bin/env node
// `npm run bench`: runs every *.bench.ts, one after the other, so that none disturbs another's numbers.
// Plain JavaScript that Node 18 can run; the benchmarks themselves run under a recent Node.
//
//   npm run bench                        all, seven rounds each
//   npm run bench -- --only wake,calls   those whose path contains one of these
//   npm run bench -- wake --quick        fewer rounds and cells; the page of results stays as it is
//   npm run bench -- --rounds 3          other flags go to each benchmark (test/bench/kit/options.ts)
import fs from 'node:fs';
import path from 'node:path';
import { helpAtTop, launchUnderNode24, program, report, root } from './launcher.mjs';
import { runInForeground } from './toolchain.mjs';

helpAtTop(import.meta.url);
await launchUnderNode24({}, async (node) => {
  const { filters, flags } = split(process.argv.slice(2));
  const files = benchFiles(root).filter(
    (file) => !filters.length || filters.some((one) => file.includes(one)),
  );
  if (!files.length) report('no benchmark matches');
  let worst = files.length ? 0 : 1;
  for (const file of files) {
    process.stdout.write(`\n${file}\n`);
    const code = await runInForeground(node, [...program(file), ...flags]);
    // Stopped by ctrl-C, or told what it doesn't know: the next one would be no better.
    if (code === 130 || code === 2) return code;
    worst ||= code;
  }
  return worst;
});

/** What names benchmarks, and what each of them is told. */
function split(args) {
  const filters = [];
  const flags = [];
  for (let at = 0; at < args.length; at++) {
    const [name, value] = args[at].split('=');
    if (name === '--only') filters.push(...(value ?? args[++at] ?? '').split(',').filter(Boolean));
    else if (args[at] === '--rounds') flags.push(args[at], args[++at] ?? '');
    else if (args[at].startsWith('-')) flags.push(args[at]);
    else filters.push(args[at]);
  }
  return { filters, flags };
}

function benchFiles(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name.startsWith('.')) return [];
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) return benchFiles(full);
    return entry.name.endsWith('.bench.ts') ? [path.relative(root, full)] : [];
  });
}
