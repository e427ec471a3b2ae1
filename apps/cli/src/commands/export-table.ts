import { createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Context } from '../context.ts';
import { usageError } from '../failures.ts';
import { tableFormats } from '@wherry/wire/tables/formats';
import { fileFormat } from './file-format.ts';
import { checkKnown, functionOption } from './known-function.ts';
import { tableQuery } from './table-options.ts';

/** Writes a table into a file or to standard output, as it comes. */
export async function writeTable(context: Context, table: string): Promise<void> {
  const { options, output, cwd } = context;
  const to = options.text('to');
  const format = fileFormat(tableFormats, to, options.oneOf('format', '--format', tableFormats)) ?? 'csv';
  if (format === 'xlsx' && to === undefined && output.out.isTTY)
    throw usageError('a workbook is nothing to be shown', 'Name a file: --to FILE');
  const { client } = await context.connect({ timeoutMs: 0 });
  // Once the table is under way, nobody can be told that there is no such function.
  const named = functionOption(options);
  if (named !== undefined) await checkKnown(client, named);
  const bytes = client.exportTable(table, { ...tableQuery(options), format });
  if (to === undefined || to === '-') {
    for await (const piece of bytes) await output.out.write(piece);
    return;
  }
  const path = resolve(cwd, to);
  await pipeline(Readable.from(bytes), createWriteStream(path, { mode: 0o600 }));
  await output.result({ table, path }, () => `Wrote ${table} to ${path}`);
}
